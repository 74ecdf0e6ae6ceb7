import type { ServiceConfig } from '../../service/config/config-schema.js';
import type { ServiceOptions } from '../../service/config/service-options.js';
import type { ServeServiceRequest } from './request.js';

/** Returns the options of the service: as given, by the environment, by the file. @throws InputError, InputProblem */
export async function optionsOf(request: ServeServiceRequest): Promise<ServiceOptions> {
  const { serviceOptions } = await import('../../service/config/service-options.js');
  const { environmentConfig } = await import('../../service/config/environment-config.js');
  const { readDirectoryFlags } = await import('../../service/config/directories/directory-flags.js');
  const flags = { ...configOf(request), ...readDirectoryFlags({ ...request }) };
  const { config } = request;
  // Nothing that reads YAML is loaded where there is no file.
  const file =
    config === undefined ? {} : (await import('../../service/config/read-config.js')).readServiceConfig(config);
  return serviceOptions(flags, environmentConfig(process.env), file);
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
    undo_days: request.undoDays,
    page_theme: request.pageTheme,
    audit_rows: request.auditRows,
    reconcile_every: request.reconcileEvery,
    registry: request.registry ? undefined : false,
    registry_listen: request.registryListen,
    registry_dir: request.registryDir,
    registry_name: request.registryName,
    site: request.site,
    inventory: request.inventory,
    vault_password_files: request.vaultPasswordFile,
    become_password_file: request.becomePasswordFile,
    accept_new: request.acceptNew,
    drift_every: request.driftEvery,
    vendors: request.vendors,
    publish_listen: request.publishListen,
    publish_config: request.publishConfig,
    publish_client_ca: request.publishClientCa,
    metrics: request.metrics,
    metrics_token_file: request.metricsTokenFile,
    traces_endpoint: request.tracesEndpoint,
    older_listen: request.olderListen,
    older_host: request.olderHost,
    older_account: request.olderAccount,
    older_versions: request.olderVersions,
    older_open: request.olderOpen,
    jobs_at_once: request.jobsAtOnce,
    jobs_kept: request.jobsKept,
    jobs_days: request.jobsDays,
    jobs_bytes: request.jobsBytes,
    webhook_allow: request.webhookAllow,
    webhook_ca: request.webhookCa,
    webhook_days: request.webhookDays,
    webhook_rows: request.webhookRows,
    log,
  };
}
