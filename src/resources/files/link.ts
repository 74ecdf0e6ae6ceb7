import { z } from 'zod';
import { defineResource } from '../../model/define-resource.js';
import type { HostContext, Plan, Resource } from '../../model/resource.js';
import { sh } from '../../sh.js';
import { keptText, mayUpdate, originOnHost } from '../content/kept-content.js';
import { fileKey, fileRemoval, foundText } from '../content/recorded-file.js';
import { endedBySignals, temporaryBeside } from '../content/temporary-beside.js';
import { foreignFolder, refuseMountPoint } from '../path/obstacle.js';
import { absolutePath, forceParams, needs } from '../path/path-params.js';
import { type PathState, parsePath } from '../path/path-state.js';
import { probePath } from '../path/probe-path.js';
import { below, pathNeeds } from '../path/refs.js';

const params = z
  .strictObject({
    path: absolutePath.describe('Path of the link'),
    target: z.string().min(1).optional().describe('Target, absolute or relative to its folder; it need not exist'),
    state: z.enum(['present', 'absent']).default('present').describe('`absent` removes it, if it is a link'),
    ...forceParams,
    needs,
  })
  .refine(({ state, target }) => state === 'absent' || target !== undefined, {
    error: 'target is missing',
    path: ['target'],
  });

/**
 * Symbolic link.
 *
 * @example link({ path: '/etc/localtime', target: '/usr/share/zoneinfo/UTC' })
 */
export const link = defineResource({
  kind: 'link',
  summary: 'A symbolic link',
  params,
  create: (params): Resource<PathState> => ({
    kind: 'link',
    id: params.path,
    provides: [`path:${params.path}`, below(params.path)],
    needs: [...params.needs, ...pathNeeds(params.path)],
    staging: 'path',
    // A link may point out of the staging folder: on the host that it is for, it doesn't.
    probe: (host) => probePath(host.at(params.path), { root: '' }),
    parse: (reply, host) => parsePath(reply, host.at(params.path)),
    plan: (state, host) => plan(state, params, host),
    result: ({ link }) => ({ exists: link !== undefined, target: link }),
  }),
});

function plan(state: PathState, params: z.output<typeof link.params>, host: HostContext): Plan<PathState> {
  const path = host.at(params.path);
  const astray = foreignFolder(state, path);
  if (astray !== undefined) return astray;
  const nothing = state.type === 'absent' && state.link === undefined;
  if (params.state === 'absent') {
    if (nothing) return { verdict: 'ok' };
    if (state.link === undefined) return { verdict: 'refused', message: `${path} exists and is not a link` };
    return {
      verdict: 'change',
      summary: `removed (-> ${state.link})`,
      apply: { via: 'sh', script: sh`rm -f ${path}` },
    };
  }
  const target = params.target ?? '';
  if (state.link === target) return { verdict: 'ok' };
  const textOf = (link: string) => ({ key: fileKey(path), value: `link:${link}` });
  const present = state.link === undefined ? foundText(state, path) : textOf(state.link);
  const writes = [{ ...textOf(target), before: present?.value }];
  const folder = path.slice(0, path.lastIndexOf('/')) || '/';
  if (nothing) {
    const missing =
      state.parent === 'missing' && host.root === '' ? { uncertain: `the folder ${folder} does not exist` } : {};
    return {
      verdict: 'change',
      summary: `created -> ${target}`,
      apply: put(path, folder, target, host, false),
      writes: writes.map((written) => ({ ...written, removal: fileRemoval(path) })),
      ...missing,
    };
  }
  const found = state.link === undefined ? `exists as a ${state.type}` : `points to ${state.link}`;
  if (state.type === 'directory' && state.link === undefined) {
    return { verdict: 'refused', message: `${path} is a directory`, hint: 'remove it, or name another path' };
  }
  if (state.mountPoint && state.link === undefined) return refuseMountPoint(path);
  const origin = originOnHost(host, present);
  if (!mayUpdate(params, host, origin))
    return { verdict: 'kept', ...keptText(`${found}, not to ${target}`, params, origin) };
  const apply = put(path, folder, target, host, state.link === undefined);
  return { verdict: 'change', summary: `${found} -> ${target}`, apply, writes };
}

/**
 * Creates the link beside its place and renames it, so that there is always something at the path. A file there is
 * renamed to a backup.
 */
function put(path: string, folder: string, target: string, host: HostContext, backup: boolean) {
  const makeFolder = host.root === '' ? sh`` : sh`mkdir -p ${folder} || exit`;
  const keepOld = backup ? sh`backup_name "$path"; ln "$path" "$old" || exit` : sh``;
  const script = sh`(
LC_ALL=C; export LC_ALL; path=${path}
${temporaryBeside}
short_name "$path"; temp=\${path%/*}/.$short.provision-$$
clear_beside "$path"
${makeFolder}
[ -d ${folder} ] || { echo "the folder "${folder}" does not exist" >&2; exit 1; }
trap 'rm -f "$temp"' EXIT
${endedBySignals}
ln -s -- ${target} "$temp" || exit
${keepOld}
mv -fT "$temp" "$path" 2>/dev/null || { [ ! -d "$path" ] || rm -f "$path"; mv -f "$temp" "$path"; }
)`;
  return { via: 'sh', script } as const;
}
