import { z } from 'zod';
import { defineResource } from '../../model/define-resource.js';
import type { HostContext, Plan, Reply, Resource } from '../../model/resource.js';
import { joinSh, sh } from '../../sh.js';
import { forceHint, isForced } from '../content/kept-content.js';
import { madeThing } from '../content/recorded-file.js';
import { accountName, printEntry } from '../path/account-entry.js';
import { forceParams, needs } from '../path/path-params.js';

const params = z.strictObject({
  name: z.string().regex(accountName, { error: 'is not a name of a group' }).describe('The group'),
  gid: z.int().min(0).optional().describe('Number; another existing one is kept, unless forced'),
  system: z.boolean().default(false).describe('Give a new group a number of the system range'),
  state: z.enum(['present', 'absent']).default('present').describe('`absent` removes it'),
  ...forceParams,
  needs,
});

interface GroupState {
  /** Undefined where there is no such group. */
  readonly gid: number | undefined;
}

/**
 * A group of users.
 *
 * @example group({ name: 'registry', system: true })
 */
export const group = defineResource({
  kind: 'group',
  summary: 'A group of users',
  params,
  create: (params): Resource<GroupState> => ({
    kind: 'group',
    id: params.name,
    provides: [`group:${params.name}`],
    needs: [...params.needs, `group:${params.name}`],
    staging: 'skip',
    probe: () => joinSh([printEntry('group', params.name), sh`echo end`]),
    parse: (reply) => parse(reply, params.name),
    plan: (state, host) => plan(state, params, host),
    result: ({ gid }) => ({ exists: gid !== undefined, gid }),
  }),
});

function parse(reply: Reply, name: string): GroupState {
  if (!/^end$/m.test(reply.stdout)) throw new Error(`could not look up the group ${name}: ${reply.stderr.trim()}`);
  const gid = /^group [^:\n]*:[^:\n]*:(\d+)/m.exec(reply.stdout)?.[1];
  return { gid: gid === undefined ? undefined : Number(gid) };
}

function plan(state: GroupState, params: z.output<typeof group.params>, host: HostContext): Plan<GroupState> {
  const { name, gid, system } = params;
  if (params.state === 'absent') {
    if (state.gid === undefined) return { verdict: 'ok' };
    return { verdict: 'change', summary: 'removed', apply: { via: 'sh', script: sh`groupdel ${name}` } };
  }
  if (state.gid === undefined) {
    const options = [...(system ? ['-r'] : []), ...(gid === undefined ? [] : ['-g', gid])];
    const writes = [madeThing({ kind: 'group', id: name }, { name, state: 'absent' })];
    const script = sh`groupadd ${[...options, name]}`;
    return { verdict: 'change', summary: 'created', apply: { via: 'sh', script }, writes };
  }
  if (gid === undefined || gid === state.gid) return { verdict: 'ok' };
  const summary = `gid ${state.gid} -> ${gid}`;
  if (!isForced(params, host)) return { verdict: 'kept', summary, hint: forceHint(params) };
  return { verdict: 'change', summary, apply: { via: 'sh', script: sh`groupmod -g ${gid} ${name}` } };
}
