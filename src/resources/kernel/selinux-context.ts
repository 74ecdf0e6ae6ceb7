import { z } from 'zod';
import { defineResource } from '../../model/define-resource.js';
import type { HostContext, Plan, Resource } from '../../model/resource.js';
import { joinSh, type Sh, sh } from '../../sh.js';
import { forceHint, isForced } from '../content/kept-content.js';
import { absolutePath, forceParams, needs } from '../path/path-params.js';
import { type Fields, printedFields, printField } from '../path/printed-fields.js';
import { below } from '../path/refs.js';
import { contextIn } from './selinux-contexts-file.js';
import { toolMissing, whereOff, whereSelinux } from './selinux-state.js';

const name = z.string().regex(/^[\w.:,-]+$/, { error: 'is not a part of a context' });

const params = z
  .strictObject({
    target: z
      .string()
      .regex(/^\/\S*$/, { error: 'must be a path, or a regular expression of paths: `/srv/registry(/.*)?`' })
      .describe('Regular expression of paths: `/srv/registry(/.*)?`'),
    setype: name.optional().describe('Type: `container_file_t`, `httpd_sys_content_t`'),
    ftype: z
      .enum(['a', 'f', 'd', 'c', 'b', 's', 'l', 'p'])
      .default('a')
      .describe('Kind of files: `a` for all, files, directories, devices, sockets, links, pipes'),
    seuser: name.default('system_u').describe('User of the context'),
    selevel: name.default('s0').describe('Level of the context'),
    path: absolutePath
      .optional()
      .describe('Path to label again; default: the path that `target` begins with, where it ends there or in `(/.*)?`'),
    restorecon: z.boolean().default(true).describe('Label existing files'),
    state: z
      .enum(['present', 'absent'])
      .default('present')
      .describe("`absent`: remove the rule, so that the policy's own counts"),
    ...forceParams,
    needs,
  })
  .refine(({ state, setype }) => state === 'absent' || setype !== undefined, {
    error: 'setype is missing',
    path: ['setype'],
  });

type Params = z.output<typeof params>;

/**
 * Context of files in SELinux, where that is on: in the policy, and on the files that exist.
 *
 * @example sefcontext({ target: '/srv/registry(/.*)?', setype: 'container_file_t' })
 */
export const sefcontext = defineResource({
  kind: 'sefcontext',
  summary: 'The context of files of SELinux, where that is on',
  params,
  create: (params): Resource<Fields> => {
    const path = labelledPath(params);
    return {
      kind: 'sefcontext',
      id: params.target,
      provides: path === undefined ? [] : [`path:${path}`],
      needs: [...params.needs, 'package:*', ...(path === undefined ? [] : [`path:${path}` as const, below(path)])],
      staging: 'skip',
      probeDeadline: 600,
      probe: () => joinSh([printField, whereSelinux(question(path)), sh`end`]),
      parse: (reply) => printedFields(reply, `the context of ${params.target}`),
      plan: (fields, host) => plan(fields, params, path, host),
    };
  },
});

/** Returns the path that is labelled, where the regular expression shows it. */
function labelledPath({ path, target, restorecon }: Params): string | undefined {
  if (!restorecon) return undefined;
  if (path !== undefined) return path;
  const plain = target.replace(/\(\/\.\*\)\?$|\/\.\*$/, '').replaceAll('\\.', '.');
  return /[\\^$*+?()[\]{}|]/.test(plain) || plain === '' ? undefined : plain;
}

function question(path: string | undefined): Sh {
  const labels =
    path === undefined
      ? sh``
      : sh`if [ -e ${path} ]; then restorecon -n -v -R ${path} 2>&1 | head -n 5 | field wrong; fi`;
  return sh`for tool in semanage restorecon; do ! command -v "$tool" >/dev/null 2>&1 || printf %s "$tool" | field tool; done
cat "$policy/contexts/files/file_contexts.local" 2>/dev/null | field local
${labels}`;
}

function plan(fields: Fields, params: Params, path: string | undefined, host: HostContext): Plan<Fields> {
  const off = whereOff(fields);
  if (off !== undefined) return off;
  for (const tool of ['semanage', 'restorecon']) if (!fields('tool').includes(tool)) return toolMissing(tool);
  const { target, ftype, state, setype = '', seuser, selevel } = params;
  const found = contextIn(fields('local')[0] ?? '', target, ftype);
  const wanted = state === 'absent' ? undefined : `${seuser}:object_r:${setype}:${selevel}`;
  if (found !== undefined && wanted !== undefined && found !== wanted && !isForced(params, host)) {
    return { verdict: 'kept', summary: `the policy has ${found}`, hint: forceHint(params) };
  }
  const wrong = (fields('wrong')[0] ?? '').split('\n').filter((line) => line !== '');
  const words = [
    ...(found === wanted ? [] : [wanted === undefined ? `${found} removed` : `${found ?? 'default'} -> ${wanted}`]),
    ...(found === wanted && wrong.length > 0 ? ['labelled'] : []),
  ];
  if (words.length === 0) return { verdict: 'ok' };
  const semanage = sh`semanage fcontext -f ${ftype}`;
  const context = sh`-s ${seuser} -t ${setype} -r ${selevel} ${target}`;
  const policy =
    wanted === undefined
      ? sh`${semanage} -d ${target} || exit`
      : found === undefined
        ? sh`${semanage} -a ${context} || ${semanage} -m ${context} || exit`
        : sh`${semanage} -m ${context} || exit`;
  const script = joinSh([
    sh`PATH=$PATH:/usr/sbin:/sbin`,
    ...(found === wanted ? [] : [policy]),
    ...(path === undefined ? [] : [sh`[ ! -e ${path} ] || restorecon -R ${path}`]),
  ]);
  return { verdict: 'change', summary: words.join(', '), apply: { via: 'sh', script, deadline: 1800 }, details: wrong };
}
