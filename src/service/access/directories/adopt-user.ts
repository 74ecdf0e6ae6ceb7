import { Problem } from '../../problem.js';
import type { AccountRow } from '../../store/tables.js';
import { userNameProblem } from '../accounts/account-names.js';
import type { AccountStore } from '../accounts/accounts.js';
import type { Groups } from '../accounts/groups.js';
import type { Audit, AuditActor } from '../audit.js';
import { ownNamespace } from '../rights/own-namespace.js';
import type { RightsStore } from '../rights/rights.js';
import type { DirectoryUser } from './directory-user.js';
import { type GroupRules, mapGroups } from './map-groups.js';

/** Parts that keep accounts. */
export interface AdoptionParts {
  readonly accounts: AccountStore;
  readonly groups: Groups;
  readonly rights: RightsStore;
  readonly audit: Audit;
}

/** Rules for the accounts of one directory. */
export interface AdoptionRules extends GroupRules {
  readonly source: 'ldap' | 'oidc';
  /** Whoever logs in first gets an account; else an administrator has to make it. */
  readonly creates: boolean;
}

/**
 * Brings the account of a directory's user up to date, and makes it at the first login. It is known by its identifier there: names
 * may change hands. No account of another kind is taken over, whatever its name or address.
 * @returns a refusal as a text
 */
export async function adoptUser(
  parts: AdoptionParts,
  user: DirectoryUser,
  rules: AdoptionRules,
): Promise<AccountRow | string> {
  const account = await accountOf(parts, user, rules);
  return typeof account === 'string' ? account : await bringUpToDate(parts, account, user, rules);
}

/** Writes down what the directory says of an account that is its user's. */
export async function bringUpToDate(
  { accounts, groups, rights, audit }: AdoptionParts,
  account: AccountRow,
  user: DirectoryUser,
  rules: AdoptionRules,
): Promise<AccountRow> {
  const mapped = mapGroups(user.groups, rules);
  const next = await accounts.takeFromDirectory(account, {
    externalId: user.id,
    fullName: user.fullName,
    email: user.email,
    isAdmin: mapped.isAdmin,
  });
  const actor = directoryActor(rules.source);
  const { added, removed } = await groups.setForeign(account.id, rules.source, mapped.groups);
  if (added.length + removed.length > 0) {
    rights.forget();
    await audit.record(actor, { verb: 'user.groups', object: account.name, detail: { added, removed } });
  }
  if (next.is_admin !== account.is_admin) {
    const detail = { admin: next.is_admin === 1 };
    await audit.record(actor, { verb: 'user.change', object: account.name, detail });
  }
  if (account.gone_at !== null) await audit.record(actor, { verb: 'user.returned', object: account.name });
  return next;
}

/** Returns a directory as the audit names it. */
export function directoryActor(source: AdoptionRules['source']): AuditActor {
  return { actor: source, kind: 'directory', means: 'directory', address: '', userAgent: '', requestId: '' };
}

/**
 * Finds the account of a directory's user.
 * @returns undefined: one may be made; a text: there can be none
 */
export async function findAdopted(
  { accounts }: Pick<AdoptionParts, 'accounts'>,
  user: Pick<DirectoryUser, 'id' | 'name'>,
  { source, creates }: Pick<AdoptionRules, 'source' | 'creates'>,
): Promise<AccountRow | string | undefined> {
  const own = await accounts.byExternalId(source, user.id);
  if (own !== undefined) return own;
  const there = await accounts.find(user.name);
  if (there !== undefined) return isPrepared(there, source) ? there : nameTaken(user.name);
  if (!creates) return 'there is no account for you here yet: ask an administrator';
  const problem = userNameProblem(user.name);
  return problem === undefined ? undefined : `the directory's name for you is no name of an account: it ${problem}`;
}

async function accountOf(
  parts: AdoptionParts,
  user: DirectoryUser,
  rules: AdoptionRules,
): Promise<AccountRow | string> {
  const { accounts, rights, audit } = parts;
  const { source } = rules;
  const there = await findAdopted(parts, user, rules);
  if (there !== undefined) return there;
  try {
    const { fullName, email, name, id } = user;
    const made = await accounts.create({ fullName, email, name, source, externalId: id });
    await ownNamespace(rights, made);
    await audit.record(directoryActor(source), { verb: 'user.create', object: name, detail: { source, id } });
    return made;
  } catch (error) {
    if (!(error instanceof Problem && error.kind === 'conflict')) throw error;
    // Another login of the same user has just made it, or somebody has taken the name.
    return (await accounts.byExternalId(source, user.id)) ?? nameTaken(user.name);
  }
}

/** Returns true for an account that an administrator made for whoever has the name in the directory. */
function isPrepared({ source, external_id: id, kind }: AccountRow, wanted: AdoptionRules['source']): boolean {
  return source === wanted && wanted === 'ldap' && id === null && kind === 'user';
}

function nameTaken(name: string): string {
  return `there is another account of the name ${name}: ask an administrator`;
}
