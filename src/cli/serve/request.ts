import type { ServiceConfig } from '../../service/config/config-schema.js';
import type { DirectoryFlags } from './directory-flags.js';

/** Request of `provision serve`: the options that were given. */
export interface ServeServiceRequest extends DirectoryFlags {
  readonly config?: string;
  readonly state?: string;
  readonly database?: string;
  readonly keyFile?: string;
  readonly firstAccount?: string;
  readonly listen?: string;
  readonly url?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsCa?: string;
  readonly trustedProxy?: boolean;
  readonly defaultVisibility?: ServiceConfig['default_visibility'];
  readonly issuer?: string;
  readonly pullTokenLifetime?: number;
  readonly pushTokenLifetime?: number;
  readonly requestsPerSecond?: number;
  readonly requestsBurst?: number;
  readonly auditDays?: number;
  readonly undoDays?: number;
  readonly pageTheme?: ServiceConfig['page_theme'];
  readonly auditRows?: number;
  readonly reconcileEvery?: number;
  /** False: `--no-registry`. */
  readonly registry: boolean;
  readonly registryListen?: string;
  readonly registryDir?: string;
  readonly registryName?: string;
  readonly site?: string;
  readonly vendors?: string;
  readonly publishListen?: string;
  readonly publishConfig?: string;
  readonly publishClientCa?: string;
  readonly inventory?: string[];
  readonly vaultPasswordFile?: string[];
  readonly becomePasswordFile?: string;
  readonly acceptNew?: boolean;
  readonly driftEvery?: number;
  readonly metrics?: ServiceConfig['metrics'];
  readonly metricsTokenFile?: string;
  readonly tracesEndpoint?: string;
  readonly olderListen?: string;
  readonly olderHost?: string;
  readonly olderAccount?: string;
  readonly olderVersions?: number[];
  readonly olderOpen?: boolean;
  readonly jobsAtOnce?: number;
  readonly jobsKept?: number;
  readonly jobsDays?: number;
  readonly jobsBytes?: number;
  readonly webhookAllow?: string[];
  readonly webhookCa?: string;
  readonly webhookDays?: number;
  readonly webhookRows?: number;
  /** Folder to copy the database and its key to, in place of serving. */
  readonly backup?: string;
  readonly backupKeep?: number;
  /** Registry whose settings are printed, in place of serving. */
  readonly registrySettings?: string;
  readonly log?: boolean;
  readonly json: boolean;
  readonly verbose: number;
}
