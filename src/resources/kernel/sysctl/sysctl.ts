import { z } from 'zod';
import { defineResource } from '../../../model/define-resource.js';
import { entryKey, type WrittenText } from '../../../model/records.js';
import type { HostContext, Plan, Resource } from '../../../model/resource.js';
import { joinSh, type Sh, sh } from '../../../sh.js';
import { contentOf, textOf } from '../../content/file-content.js';
import { forceHint, isForced } from '../../content/kept-content.js';
import { attributesToGive } from '../../content/plan-content.js';
import { replaceHostFile } from '../../content/replace-file.js';
import { obstacleToFile } from '../../path/obstacle.js';
import { absolutePath, forceParams, needs } from '../../path/path-params.js';
import { pathNeeds } from '../../path/refs.js';
import { parseSysctl, probeSysctl, type SysctlState } from './sysctl-state.js';
import { editSysctl, kernelPath, oneBlank } from './sysctl-text.js';

const ownFile = '/etc/sysctl.d/99-provision.conf';

const params = z
  .strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z0-9_][\w.:/*@-]*$/, { error: 'is not a name of a setting: `net.ipv4.ip_forward`' })
      .refine((name) => !name.split(/[./]/).includes(''), { error: 'must not hold empty parts' })
      .describe('Name of the setting: `net.ipv4.ip_forward`; with slashes where a part of it holds dots'),
    value: z
      .union([z.string().regex(/^[^\S\n\r]*\S[^\n\r]*$/, { error: 'must be one line' }), z.number()])
      .transform((value) => oneBlank(String(value)))
      .optional()
      .describe('Value; several numbers are separated by blanks'),
    sysctl_file: absolutePath
      .default(ownFile)
      .describe(
        'File that sets it at boot. In the default one, which is ours, other values are replaced without force',
      ),
    reload: z.boolean().default(true).describe('Give the running kernel the value, too'),
    state: z.enum(['present', 'absent']).default('present').describe('`absent` removes it from the file'),
    ...forceParams,
    needs,
  })
  .refine(({ state, value }) => state === 'absent' || value !== undefined, {
    error: 'value is missing',
    path: ['value'],
  });

type Params = z.output<typeof params>;

/**
 * Setting of the kernel: now, and at boot.
 *
 * @example sysctl({ name: 'net.ipv4.ip_forward', value: 1 })
 */
export const sysctl = defineResource({
  kind: 'sysctl',
  summary: 'A setting of the kernel: now, and at boot',
  params,
  create: (params): Resource<SysctlState> => ({
    kind: 'sysctl',
    id: params.name,
    provides: [`path:${kernelPath(params.name)}`],
    // A package or a service may bring the module that brings the setting.
    needs: [...params.needs, `path:${kernelPath(params.name)}`, 'package:*', ...pathNeeds(params.sysctl_file)],
    entries: { path: params.sysctl_file, names: [params.name], force: params.force },
    staging: 'skip',
    probe: () => probeSysctl(params.name, params.sysctl_file),
    parse: (reply) => parseSysctl(reply, params.name, params.sysctl_file),
    plan: (state, host) => plan(state, params, host),
    result: ({ live }) => ({ value: live }),
  }),
});

function plan(state: SysctlState, params: Params, host: HostContext): Plan<SysctlState> {
  const { name, value = '', sysctl_file: path } = params;
  const obstacle = obstacleToFile(state.file, path);
  if (obstacle !== undefined) return obstacle;
  const text = textOf(state.file.content ?? new Uint8Array());
  if (text === undefined) return { verdict: 'refused', message: `${path} is not text, so it is not edited` };
  const edited = editSysctl(text, name, params.state === 'present' ? value : undefined);
  const live = params.state === 'present' && params.reload && state.live !== value;
  const diff = edited.text === text ? {} : { diff: { label: path, before: text, after: edited.text } };
  if (edited.overwrites && path !== ownFile && !isForced(params, host)) {
    return { verdict: 'kept', summary: `${path} has ${edited.found}`, hint: forceHint(params), ...diff };
  }
  const later = params.state === 'present' ? overrulingFile(state, params) : undefined;
  const summary = [
    ...(live ? [`${state.live ?? 'unset'} -> ${value}`] : []),
    ...(edited.text === text ? [] : [edited.summary]),
  ].join(', ');
  if (summary === '') return later === undefined ? { verdict: 'ok' } : { verdict: 'kept', ...later };
  const script = joinSh([
    ...(live ? [giveKernel(name, value)] : []),
    ...(edited.text === text ? [] : [write(state, params, edited.text, host)]),
  ]);
  return {
    verdict: 'change',
    summary,
    apply: { via: 'sh', script, stdin: edited.text },
    ...(edited.found === undefined && edited.text !== text ? { writes: [madeSetting(params)] } : {}),
    ...diff,
    ...(live && state.live === undefined ? { uncertain: `this kernel has no ${name} yet` } : {}),
    ...(later === undefined ? {} : { kept: later }),
  };
}

/** Returns the record of a setting that a file lacked. Its removal leaves the running kernel as it is. */
function madeSetting({ name, sysctl_file: path }: Params): WrittenText {
  const params = { name, sysctl_file: path, state: 'absent' };
  return { key: entryKey(path, name), value: '', removal: { kind: 'sysctl', params } };
}

/** Reports another value in a file that is read after ours: at boot, that one wins. */
function overrulingFile({ later }: SysctlState, { value, sysctl_file }: Params) {
  const found = later.findLast(({ path }) => path !== sysctl_file);
  if (found === undefined || found.value === value) return undefined;
  return {
    summary: `${found.path} is read later and has ${found.value}, which wins at boot`,
    hint: `set sysctl_file: ${found.path}`,
  };
}

/** Gives the running kernel the value first: a value that it refuses isn't written to the file. */
function giveKernel(name: string, value: string): Sh {
  const path = kernelPath(name);
  return sh`LC_ALL=C; export LC_ALL
[ -e ${path} ] || { echo ${`this kernel has no ${name}; is a module missing? Without \`reload\` it is only written down`} >&2; exit 1; }
printed=$(printf '%s\n' ${value} | tee ${path} 2>&1 >/dev/null) || {
  case $(id -u)$printed in
  [1-9]*) echo ${`only root may set ${name}; become: true`} >&2 ;;
  *ead-only*|*ermission*) echo ${`${name} can't be set here: it is read-only (a container may set what belongs to its own network only)`} >&2 ;;
  *) echo ${`the kernel refuses ${value} for ${name}:`} "\${printed##*: }" >&2 ;;
  esac
  exit 1; }`;
}

function write({ file }: SysctlState, { sysctl_file: path }: Params, text: string, host: HostContext): Sh {
  return replaceHostFile({
    path: file.real,
    makeFolders: path === ownFile,
    sha256: contentOf(text).sha256,
    attributes: attributesToGive(file, {}, host),
    backup: path !== ownFile,
  });
}
