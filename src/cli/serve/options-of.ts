import type { ServiceConfig } from '../../service/config/config-schema.js';
import type { ServiceOptions } from '../../service/config/service-options.js';
import type { ServeServiceRequest } from './request.js';

/** Returns the options of the service: as given, by the environment, by the file. @throws InputError, InputProblem */
export async function optionsOf(request: ServeServiceRequest): Promise<ServiceOptions> {
  const { serviceOptions } = await import('../../service/config/service-options.js');
  const { environmentConfig } = await import('../../service/config/environment-config.js');
  return serviceOptions(configOf(request), environmentConfig(process.env), request.config);
}

function configOf(request: ServeServiceRequest): ServiceConfig {
  const { state, database, listen, url, issuer, log } = request;
  return {
    state,
    database,
    key_file: request.keyFile,
    first_account: request.firstAccount,
    listen,
    url,
    tls_cert: request.tlsCert,
    tls_key: request.tlsKey,
    tls_ca: request.tlsCa,
    trusted_proxy: request.trustedProxy,
    default_visibility: request.defaultVisibility,
    issuer,
    pull_token_lifetime: request.pullTokenLifetime,
    push_token_lifetime: request.pushTokenLifetime,
    requests_per_second: request.requestsPerSecond,
    requests_burst: request.requestsBurst,
    audit_days: request.auditDays,
    audit_rows: request.auditRows,
    reconcile_every: request.reconcileEvery,
    registry: request.registry ? undefined : false,
    registry_listen: request.registryListen,
    registry_dir: request.registryDir,
    registry_name: request.registryName,
    log,
  };
}
