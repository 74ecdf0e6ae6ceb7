import type { AccountStore } from '../access/accounts/accounts.js';
import type { Authenticator } from '../access/authenticator.js';
import { isAdministrator, type Principal, subjectOf } from '../access/principal.js';
import { may } from '../access/rights/decide.js';
import { mayManagePath } from '../access/rights/manage.js';
import type { RightsStore } from '../access/rights/rights.js';

/** Part of an event by which it is decided who may see it. */
export interface EventPlace {
  /** Empty: it is about none. */
  readonly registry: string;
  readonly repository: string;
  /** Hosts that it is about; none: it is about the service or a registry. */
  readonly hosts: readonly string[];
}

interface Parts {
  readonly accounts: AccountStore;
  readonly authenticator: Authenticator;
  readonly rights: RightsStore;
  /** Returns true for hosts whose jobs a sender may see. */
  readonly mayViewHosts: (principal: Principal, hosts: readonly string[]) => Promise<boolean>;
}

/** Rights to see events: of repositories by roles, of hosts by rights to their jobs, of the rest by administrators alone. */
export class EventSight {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async maySee(principal: Principal, { registry, repository, hosts }: EventPlace): Promise<boolean> {
    const { rights, mayViewHosts } = this.#parts;
    const { account } = principal;
    if (account === undefined) return false;
    if (isAdministrator(principal)) return true;
    const subject = subjectOf(principal, await rights.grantsOf(account.id));
    if (repository !== '') return may(subject, 'see', { registry, repository }, await rights.visibilities());
    if (hosts.length > 0) return await mayViewHosts(principal, hosts);
    return registry !== '' && mayManagePath(subject, registry, '');
  }

  /** Says whether an account may see an event now. `unknown`: its directory does not answer. */
  async mayHear(accountId: string, place: EventPlace): Promise<'yes' | 'no' | 'unknown'> {
    const { accounts, authenticator } = this.#parts;
    const account = await accounts.recent(accountId);
    if (account === undefined || account.gone_at !== null) return 'no';
    const proof = await authenticator.byAccount(account);
    if (proof.principal === undefined) return proof.isUnknown === true ? 'unknown' : 'no';
    return (await this.maySee(proof.principal, place)) ? 'yes' : 'no';
  }
}

/** Returns the hosts that an event's data names. */
export function hostsOf(data: Readonly<Record<string, unknown>>): string[] {
  const { hosts, host } = data;
  if (Array.isArray(hosts)) return hosts.filter((each) => typeof each === 'string');
  return typeof host === 'string' ? [host] : [];
}
