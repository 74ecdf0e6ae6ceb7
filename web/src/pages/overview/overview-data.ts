import type {
  ServiceDriftedHost,
  ServiceHealthReport,
  ServiceJob,
  ServiceRegistry,
  ServiceRepository,
  ServiceStorage,
} from '../../../../src/service-client/service-types.js';
import type { LoginMethods } from '../login/login-methods.js';

/** Data of the overview. */
export interface OverviewData {
  readonly methods: LoginMethods;
  /** Undefined: the reader may not see such things. */
  readonly registries: readonly ServiceRegistry[] | undefined;
  readonly jobs: readonly ServiceJob[] | undefined;
  readonly drift: readonly ServiceDriftedHost[] | undefined;
  /** For administrators. */
  readonly health: ServiceHealthReport | undefined;
  readonly storage: ServiceStorage | undefined;
  readonly newest: readonly ServiceRepository[];
}
