import type {
  ServiceAccountRights,
  ServiceKeptLogin,
  ServiceRepository,
  ServiceSession,
  ServiceToken,
  ServiceUser,
} from '../../../../src/service-client/service-types.js';

/** Data of the page of one's own account. */
export interface AccountData {
  readonly user: ServiceUser;
  readonly rights: ServiceAccountRights | undefined;
  readonly sessions: readonly ServiceSession[];
  readonly logins: readonly ServiceKeptLogin[];
  readonly tokens: readonly ServiceToken[];
  /** Undefined: the service has no stars. */
  readonly starred: readonly Pick<ServiceRepository, 'registry' | 'name'>[] | undefined;
  /** Address of a registry, for commands; undefined: there is none. */
  readonly address: string | undefined;
}
