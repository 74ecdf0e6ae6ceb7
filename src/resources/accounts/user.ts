import { z } from 'zod';
import { defineResource } from '../../model/define-resource.js';
import type { HostContext, Plan, Reply, Resource } from '../../model/resource.js';
import { joinSh, type ShValue, sh } from '../../sh.js';
import { forceHint, isForced } from '../content/kept-content.js';
import { madeThing } from '../content/recorded-file.js';
import { accountName, printEntry } from '../path/account-entry.js';
import { absolutePath, forceParams, needs } from '../path/path-params.js';

const groupName = z.string().regex(accountName, { error: 'is not a name of a group' });

/** Path in an entry of passwd(5), whose fields are separated by colons. */
const field = absolutePath.refine((path) => !path.includes(':'), { error: 'must not hold a colon' });

const params = z.strictObject({
  name: z.string().regex(accountName, { error: 'is not a name of a user' }).describe('The user'),
  uid: z.int().min(0).optional().describe('Number; another existing one is kept, unless forced'),
  group: groupName
    .optional()
    .describe('Main group, which must exist; a new user gets one of its own name, which may exist'),
  groups: z.array(groupName).default([]).describe('Further groups; other memberships stay'),
  home: field.optional().describe('Home directory; an existing one is not moved'),
  create_home: z.boolean().optional().describe('Create the home directory of a new user; default: unless system'),
  shell: field.optional().describe('Login shell'),
  comment: z
    .string()
    .regex(/^[^:\p{Cc}]*$/u, { error: 'must be one line without a colon' })
    .optional()
    .describe('Full name'),
  system: z.boolean().default(false).describe('Give a new user a number of the system range, and no home'),
  state: z.enum(['present', 'absent']).default('present').describe('`absent` removes it; its files stay'),
  ...forceParams,
  needs,
});

interface UserState {
  /** Undefined where there is no such user. */
  readonly uid: number | undefined;
  readonly comment: string;
  readonly home: string;
  readonly shell: string;
  readonly group: string;
  /** All its groups, the main one included. */
  readonly groups: readonly string[];
  /** There is a group of its name. */
  readonly namesake: boolean;
}

/**
 * A user of the host, without a password.
 *
 * @example user({ name: 'registry', system: true, home: '/srv/registry', shell: '/usr/sbin/nologin' })
 */
export const user = defineResource({
  kind: 'user',
  summary: 'A user of the host',
  params,
  create: (params): Resource<UserState> => {
    const groups = [...params.groups, ...(params.group === undefined ? [] : [params.group])];
    return {
      kind: 'user',
      id: params.name,
      provides: [`user:${params.name}`, `group:${params.name}`],
      needs: [...params.needs, `user:${params.name}`, ...groups.map((each) => `group:${each}` as const)],
      staging: 'skip',
      probe: () =>
        joinSh([
          printEntry('group', params.name),
          printEntry('user', params.name),
          sh`[ -z "$entry" ] || printf 'main %s\nall %s\n' "$(id -gn ${params.name})" "$(id -Gn ${params.name})"
echo end`,
        ]),
      parse: (reply) => parse(reply, params.name),
      plan: (state, host) => plan(state, params, host),
      result: ({ uid, home, shell, group, groups }) => ({ exists: uid !== undefined, uid, home, shell, group, groups }),
    };
  },
});

function parse(reply: Reply, name: string): UserState {
  if (!/^end$/m.test(reply.stdout)) throw new Error(`could not look up the user ${name}: ${reply.stderr.trim()}`);
  const entry = /^user (.*)$/m.exec(reply.stdout)?.[1]?.split(':') ?? [];
  const [, , uid, , comment = '', home = '', shell = ''] = entry;
  return {
    uid: uid === undefined ? undefined : Number(uid),
    comment,
    home,
    shell,
    group: /^main (.*)$/m.exec(reply.stdout)?.[1] ?? '',
    groups: /^all (.*)$/m.exec(reply.stdout)?.[1]?.split(' ') ?? [],
    namesake: /^group ./m.test(reply.stdout),
  };
}

function plan(state: UserState, params: z.output<typeof user.params>, host: HostContext): Plan<UserState> {
  if (params.state === 'absent') {
    if (state.uid === undefined) return { verdict: 'ok' };
    return { verdict: 'change', summary: 'removed', apply: { via: 'sh', script: sh`userdel ${params.name}` } };
  }
  if (state.uid === undefined) return planNew(params, state);

  const summary: string[] = [];
  const options: ShValue[] = [];
  const change = (word: string, option: string, before: string, after: string | undefined) => {
    if (after === undefined || after === before) return;
    summary.push(`${word} ${before} -> ${after}`);
    options.push(sh`${option} ${after}`);
  };
  change('home', '-d', state.home, params.home);
  change('shell', '-s', state.shell, params.shell);
  change('comment', '-c', state.comment, params.comment);
  change('group', '-g', state.group, params.group);
  const missing = params.groups.filter((each) => !state.groups.includes(each));
  if (missing.length > 0) {
    summary.push(`added to ${missing.join(' ')}`);
    options.push(sh`-a -G ${missing.join(',')}`);
  }
  const otherUid = params.uid === undefined || params.uid === state.uid ? undefined : params.uid;
  const kept = { summary: `uid ${state.uid} -> ${otherUid}`, hint: forceHint(params) };
  if (otherUid !== undefined && isForced(params, host)) change('uid', '-u', String(state.uid), String(otherUid));
  const left = otherUid !== undefined && !isForced(params, host);
  if (options.length === 0) return left ? { verdict: 'kept', ...kept } : { verdict: 'ok' };
  const script = sh`usermod ${joinSh(
    options.map((option) => sh`${option}`),
    ' ',
  )} ${params.name}`;
  return { verdict: 'change', summary: summary.join(', '), apply: { via: 'sh', script }, ...(left ? { kept } : {}) };
}

function planNew(params: z.output<typeof user.params>, { namesake }: UserState): Plan<UserState> {
  const { name, uid, groups, home, shell, comment, system, create_home } = params;
  // useradd makes a group of the user's name, unless there is one already.
  const group = params.group ?? (namesake ? name : undefined);
  const options = [
    (create_home ?? !system) ? '-m' : '-M',
    ...(system ? ['-r'] : []),
    ...(uid === undefined ? [] : ['-u', uid]),
    ...(group === undefined ? [] : ['-g', group]),
    ...(groups.length === 0 ? [] : ['-G', groups.join(',')]),
    ...(home === undefined ? [] : ['-d', home]),
    ...(shell === undefined ? [] : ['-s', shell]),
    ...(comment === undefined ? [] : ['-c', comment]),
  ];
  const writes = [madeThing({ kind: 'user', id: name }, { name, state: 'absent' })];
  return {
    verdict: 'change',
    summary: 'created',
    apply: { via: 'sh', script: sh`useradd ${options} ${name}` },
    writes,
  };
}
