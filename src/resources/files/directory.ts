import { z } from 'zod';
import { defineResource } from '../../model/define-resource.js';
import type { HostContext, Plan, Reply, Resource } from '../../model/resource.js';
import { joinSh, type Sh, sh } from '../../sh.js';
import { isForced } from '../content/kept-content.js';
import { setAttributes } from '../path/attributes.js';

import { leadsAstray } from '../path/obstacle.js';
import { absolutePath, forceParams, mode, needs, pathGroup, pathOwner } from '../path/path-params.js';
import { type PathState, parsePath } from '../path/path-state.js';
import { planAttributes } from '../path/plan-attributes.js';
import { probePath } from '../path/probe-path.js';
import { accountNeeds, below, pathNeeds } from '../path/refs.js';
import { mountedIn, printMounted, removeTrees } from '../path/remove-tree.js';

const params = z.strictObject({
  path: absolutePath.describe('Path of the directory; missing parents are created with mode 0755'),
  state: z.enum(['present', 'absent']).default('present').describe('`absent` removes it, if it is empty'),
  owner: pathOwner.optional(),
  group: pathGroup.optional(),
  mode: mode.optional().describe('Permissions, quoted: "0755"; a new directory has 0755'),
  recurse: z.boolean().default(false).describe('With `state: absent` and force: delete its content, too'),
  ...forceParams,
  needs,
});

interface DirectoryState extends PathState {
  readonly empty: boolean;
  /** Mount point that is the directory or lies below it, if the directory is to go. */
  readonly mounted: string | undefined;
}

/**
 * Directory with owner and mode.
 *
 * @example directory({ path: '/srv/registry', owner: 'registry', mode: '0750' })
 */
export const directory = defineResource({
  kind: 'directory',
  summary: 'A directory: its existence, owner and mode',
  params,
  create: (params): Resource<DirectoryState> => ({
    kind: 'directory',
    id: params.path,
    provides: params.state === 'absent' ? [`path:${params.path}`, below(params.path)] : [`path:${params.path}`],
    needs: [...params.needs, ...pathNeeds(params.path), ...accountNeeds(params.owner, params.group)],
    staging: 'path',
    probe: (host) => {
      const { owner, group, state } = params;
      const path = host.at(params.path);
      const look = probePath(path, { root: host.root, owner, group });
      return state === 'present' ? look : joinSh([look, lookInto(path)]);
    },
    parse: (reply, host) => parse(reply, host.at(params.path)),
    plan: (state, host) => (params.state === 'absent' ? planAbsent(state, params, host) : plan(state, params, host)),
    result: ({ type, mode, owner, group }) => ({ exists: type === 'directory', mode, owner, group }),
  }),
});

/** Looks for what would be removed with the directory, and for what is mounted in it: that is somebody else's. */
function lookInto(path: string): Sh {
  return joinSh([sh`[ -z "$(ls -A ${path} 2>/dev/null)" ] || echo 'entries yes'`, printMounted([path])]);
}

function parse(reply: Reply, path: string): DirectoryState {
  return {
    ...parsePath(reply, path),
    empty: !/^entries yes$/m.test(reply.stdout),
    mounted: mountedIn(reply),
  };
}

function plan(state: PathState, params: z.output<typeof directory.params>, host: HostContext): Plan<DirectoryState> {
  const path = host.at(params.path);
  const astray = leadsAstray(state, path);
  if (astray !== undefined) return astray;
  if (state.parent === 'denied') return refuseUnreadable(path);
  if (state.type === 'directory') return planAttributes(state, params, path, host);
  if (state.type !== 'absent') return { verdict: 'refused', message: `${path} exists and is not a directory` };
  const wanted = { ...params, mode: params.mode ?? '0755' };
  const script = sh`(
umask 022; mkdir -p ${state.real} || exit
${setAttributes(sh`${state.real}`, state, wanted, host.root)}
)`;
  return { verdict: 'change', summary: 'created', apply: { via: 'sh', script } };
}

function planAbsent(
  state: DirectoryState,
  params: z.output<typeof directory.params>,
  host: HostContext,
): Plan<DirectoryState> {
  const path = host.at(params.path);
  const astray = leadsAstray(state, path);
  if (astray !== undefined) return astray;
  if (state.parent === 'denied') return refuseUnreadable(path);
  if (state.type === 'absent' && state.link === undefined) return { verdict: 'ok' };
  if (state.type !== 'directory' || state.link !== undefined) {
    return { verdict: 'refused', message: `${path} exists and is not a directory` };
  }
  if (state.mounted !== undefined) {
    return {
      verdict: 'refused',
      message: `${state.mounted} is mounted, so nothing was removed`,
      hint: 'unmount it first: `mount: {path: …, state: absent}`',
    };
  }
  if (state.empty) return { verdict: 'change', summary: 'removed', apply: { via: 'sh', script: sh`rmdir ${path}` } };
  if (params.recurse && isForced(params, host)) {
    const script = removeTrees([path]);
    return { verdict: 'change', summary: 'removed, with its content', apply: { via: 'sh', script } };
  }
  return {
    verdict: 'refused',
    message: `${path} is not empty`,
    hint: 'set `recurse: true`, and `force: true` or use --force, to delete it with its content',
  };
}

function refuseUnreadable(path: string): Plan<DirectoryState> {
  return {
    verdict: 'refused',
    message: `${path} cannot be read by the user that the task runs as`,
    hint: 'set become: true',
  };
}
