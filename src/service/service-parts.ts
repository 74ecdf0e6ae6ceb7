import type { AccessTokens } from './access/accounts/access-tokens.js';
import type { AccountStore } from './access/accounts/accounts.js';
import type { Groups } from './access/accounts/groups.js';
import type { Logins } from './access/accounts/logins.js';
import type { Sessions } from './access/accounts/sessions.js';
import type { Audit } from './access/audit.js';
import type { Authenticator } from './access/authenticator.js';
import type { LoginDelays } from './access/credentials/login-delays.js';
import type { Directories } from './access/directories/directory.js';
import type { OidcProvider } from './access/directories/oidc/oidc-provider.js';
import type { RightsStore } from './access/rights/rights.js';
import type { SetupToken } from './access/setup-token.js';
import type { DriftStore } from './drift/drift-store.js';
import type { Fronts } from './front/fronts.js';
import type { ReplicaStore } from './front/replica-store.js';
import type { Hub } from './hub/hub.js';
import type { AttachedReader } from './images/attached/attached-reader.js';
import type { ImageIndex } from './images/image-index.js';
import type { IndexKeeper } from './images/index-keeper.js';
import type { ImageRemovals } from './images/removal/open-removals.js';
import type { StorageFigures } from './images/storage-figures.js';
import type { JobKeeper } from './jobs/job-keeper.js';
import type { JobRights } from './jobs/job-rights.js';
import type { Schedules } from './jobs/schedules/schedules.js';
import type { SiteWatch } from './jobs/site-watch.js';
import type { ServiceHealth } from './metrics/service-health.js';
import type { ServiceMetrics } from './metrics/service-metrics.js';
import type { Traces } from './metrics/traces/traces.js';
import type { Publications } from './publications/publications.js';
import type { ManagedRegistries } from './registries/managed-registries.js';
import type { Database } from './store/database.js';
import type { KeptAnswers } from './store/kept-answers.js';
import type { SealingKey } from './store/key-file.js';
import type { TokenIssuer } from './tokens/issue-token.js';
import type { OwnTokens } from './tokens/own-tokens.js';
import type { TrustingRegistries } from './tokens/registries.js';
import type { RepeatedTokens } from './tokens/repeated-tokens.js';
import type { SigningKeys } from './tokens/signing-keys.js';
import type { WebhookParts } from './webhooks/open-webhooks.js';

/** Parts of a running service, as its routes use them. */
export interface ServiceParts {
  readonly database: Database;
  readonly accounts: AccountStore;
  readonly groups: Groups;
  readonly tokens: AccessTokens;
  readonly logins: Logins;
  readonly sessions: Sessions;
  readonly delays: LoginDelays;
  readonly authenticator: Authenticator;
  readonly directories: Directories;
  /** OpenID provider, and the key for what browsers keep of a login; undefined: none is set up. */
  readonly oidc: { readonly provider: OidcProvider; readonly sealing: SealingKey } | undefined;
  readonly answers: KeptAnswers;
  readonly rights: RightsStore;
  readonly audit: Audit;
  readonly keys: SigningKeys;
  readonly issuer: TokenIssuer;
  /** Undefined: each request is traced, and answered anew. */
  readonly repeatedTokens: RepeatedTokens | undefined;
  readonly registries: TrustingRegistries;
  readonly ownTokens: OwnTokens;
  readonly index: ImageIndex;
  readonly keeper: IndexKeeper;
  readonly removals: ImageRemovals;
  readonly attached: AttachedReader;
  readonly storage: StorageFigures;
  readonly fronts: Fronts;
  readonly hub: Hub;
  /** Returns the secret by which a registry's notifications are known. */
  readonly notificationSecret: (registry: string) => string;
  readonly jobs: JobKeeper;
  readonly jobRights: JobRights;
  readonly schedules: Schedules;
  readonly site: SiteWatch;
  readonly managed: ManagedRegistries;
  readonly publications: Publications;
  readonly drift: DriftStore;
  readonly replicas: ReplicaStore;
  readonly metrics: ServiceMetrics;
  readonly health: ServiceHealth;
  /** Undefined: nobody has asked for them. */
  readonly traces: Traces | undefined;
  readonly webhooks: WebhookParts;
  readonly setup: SetupToken;
  /** Writes a line of the log of errors. */
  readonly complain: (message: string) => void;
  /** Writes a line of the log of tokens; undefined: there is none. */
  readonly log?: ((message: string) => void) | undefined;
  readonly settings: HttpSettings;
}

/** Settings of the listener. */
export interface HttpSettings {
  /** Address that clients use, without a slash at its end: `https://registry.example.com`. */
  readonly url: () => string;
  /** A proxy before it says from where a request comes, and whether by TLS. */
  readonly trustsProxy: boolean;
  /** Requests of a client. */
  readonly rate: { readonly requests: number; readonly burst: number };
  /** Readers of the metrics: whoever asks, or administrators and who shows the token. */
  readonly metrics: { readonly isOpen: boolean; readonly token: string | undefined };
  /** Name by which tokens are issued (`iss`). */
  readonly issuerName: string;
}
