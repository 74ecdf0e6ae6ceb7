import { z } from 'zod';
import { defineResource } from '../../model/define-resource.js';
import { secret } from '../../model/marks/secret.js';
import type { Removal } from '../../model/records.js';
import type { HostContext, Plan, Resource } from '../../model/resource.js';
import { contentOf, textOf } from '../content/file-content.js';
import { planContent } from '../content/plan-content.js';
import { withEntries } from '../content/plan-edit.js';
import { absolutePath, backup, mode, needs, pathGroup, pathOwner } from '../path/path-params.js';
import { type PathState, parsePath } from '../path/path-state.js';
import { probePath } from '../path/probe-path.js';
import { accountNeeds, pathNeeds } from '../path/refs.js';
import { accountsIn, editAccounts, isBcrypt } from './edit.js';
import { hashOf, isPasswordOf } from './passwords.js';

const name = z.string().regex(/^[^:#\s][^:\n\r]*$/, { error: 'must be a name without a colon' });
/**
 * Password within bcrypt's own limit: it would ignore what is behind 72 bytes.
 *
 * @see bcrypt's own limit: what is behind 72 bytes would not count
 */
const password = secret(
  z
    .string()
    .min(1, { error: 'must not be empty' })
    .refine((text) => Buffer.byteLength(text) <= 72, { error: 'must be at most 72 bytes, for bcrypt' }),
);

const params = z.strictObject({
  path: absolutePath.describe('Path of the file'),
  accounts: z.record(name, password).describe('Passwords, by account'),
  exclusive: z.boolean().default(false).describe('Remove accounts that are not listed'),
  absent: z.array(name).default([]).describe('Names of accounts to remove'),
  cost: z.int().min(4).max(17).default(10).describe('Cost of new hashes; each step doubles the time'),
  owner: pathOwner.default('root').describe('User who owns it'),
  group: pathGroup.default('root').describe("Group that may read it: the registry's"),
  mode: mode.default('0640').describe('Permissions, quoted: "0640"'),
  backup,
  needs,
});

type Params = z.output<typeof params>;

interface AccountsState extends PathState {
  /** Listed accounts with another password than the wanted one, or with a hash that isn't bcrypt's. */
  readonly differ: readonly string[];
  /** New hashes of these, and of listed accounts that are missing. */
  readonly hashes: ReadonlyMap<string, string>;
}

/**
 * Accounts with their passwords, in a file of bcrypt hashes as registries read it. An account whose password is right
 * keeps its hash, and accounts that are not listed stay as they are.
 *
 * @example htpasswd({ path: '/etc/docker/registry/htpasswd', accounts: { puller: password }, group: 'docker-registry', notify: restart })
 */
export const htpasswd = defineResource({
  kind: 'htpasswd',
  summary: 'Accounts with passwords, as registries read them (bcrypt)',
  params,
  create: (params): Resource<AccountsState> => {
    const { path, owner, group } = params;
    return {
      kind: 'htpasswd',
      id: path,
      provides: [`path:${path}`],
      needs: [...params.needs, ...pathNeeds(path), ...accountNeeds(owner, group)],
      entries: { path, names: Object.keys(params.accounts) },
      staging: 'path',
      probe: (host) => probePath(host.at(path), { root: host.root, owner, group, content: true }),
      parse: (reply, host) => ({ ...parsePath(reply, host.at(path)), differ: [], hashes: new Map() }),
      look: async (state, { check }) => ({ ...state, ...(await newHashes(state, params, check)) }),
      plan: (state, host) => plan(state, params, host),
    };
  },
});

/** Hashes what is to be written here, so that the records of the host have its digest. Check mode writes nothing. */
async function newHashes(state: PathState, { accounts, cost }: Params, check: boolean) {
  const found = accountsIn(textOf(state.content) ?? '');
  const differ = await findChangedPasswords(state, accounts);
  const hashes = new Map<string, string>();
  for (const [name, password] of Object.entries(accounts)) {
    if (found.has(name) && !differ.includes(name)) continue;
    hashes.set(name, check ? '?' : await hashOf(name, password, cost));
  }
  return { differ, hashes };
}

async function findChangedPasswords(state: PathState, accounts: Params['accounts']): Promise<string[]> {
  const found = accountsIn(textOf(state.content) ?? '');
  const differ: string[] = [];
  for (const [name, password] of Object.entries(accounts)) {
    const hash = found.get(name);
    if (hash === undefined) continue;
    if (!isBcrypt(hash) || !(await isPasswordOf(hash, password))) differ.push(name);
  }
  return differ;
}

function plan(state: AccountsState, params: Params, host: HostContext): Plan<AccountsState> {
  const path = host.at(params.path);
  const text = state.type === 'file' ? textOf(state.content) : '';
  if (text === undefined && !state.unreadable)
    return { verdict: 'refused', message: `${path} is not a file of accounts` };
  const found = accountsIn(text ?? '');
  const listed = Object.keys(params.accounts);
  const added = listed.filter((each) => !found.has(each));
  const isUnwanted = (each: string) => params.absent.includes(each) || (params.exclusive && !listed.includes(each));
  const removed = [...found.keys()].filter(isUnwanted);
  const stays = (each: string) => !removed.includes(each);
  const unread = [...found].filter(([each, hash]) => !isBcrypt(hash) && stays(each) && !listed.includes(each));
  const note =
    unread.length === 0 ? undefined : `${names(unread.map(([each]) => each))}: no bcrypt, which registries can't read`;

  // An account of a file that is gone is gone.
  if (state.type === 'absent' && listed.length === 0 && params.absent.length > 0) return { verdict: 'ok' };
  const untouched = added.length + state.differ.length === 0 && removed.length === 0 && state.type === 'file';
  if (untouched) {
    const planned = planContent(
      state,
      { ...params, path, content: contentOf(text ?? ''), secret: true, force: false },
      host,
    );
    return note !== undefined && planned.verdict === 'ok' ? { ...planned, note } : planned;
  }
  const content = contentOf(editAccounts(text ?? '', state.hashes, stays));
  const edit = { summary: summaryOf({ added, changed: state.differ, removed }), harmless: true };
  const planned = withEntries(
    planContent(state, { ...params, path, content, edit, secret: true, force: true }, host),
    path,
    added.map((each) => ({ name: each, removal: removalOf(each, params) })),
  );
  if (planned.verdict !== 'change') return planned;
  return {
    ...planned,
    summary: state.type === 'absent' ? `created, with ${names(listed)}` : planned.summary,
    ...(note === undefined ? {} : { details: [note] }),
  };
}

/** Removal of an account: the registry, which reads the file at its start, is restarted as for any other change of it. */
function removalOf(account: string, { path, owner, group, mode, backup }: Params): Removal {
  const params = { path, accounts: {}, absent: [account], owner, group, mode, backup };
  return { kind: 'htpasswd', params, notifies: true, isOfList: true };
}

function summaryOf(of: Readonly<Record<'added' | 'changed' | 'removed', readonly string[]>>): string {
  const parts = [
    ...(of.added.length > 0 ? [`added ${names(of.added)}`] : []),
    ...(of.changed.length > 0 ? [`password of ${names(of.changed)} changed`] : []),
    ...(of.removed.length > 0 ? [`removed ${names(of.removed)}`] : []),
  ];
  return parts.join(', ');
}

function names(all: readonly string[]): string {
  return all.length === 0 ? 'no account' : all.join(', ');
}
