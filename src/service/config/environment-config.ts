import type { ServiceConfig } from './config-schema.js';

/** Options of the service by environment variables, each as a text. */
export type EnvironmentConfig = Readonly<Partial<Record<keyof ServiceConfig, string | undefined>>>;

/** Reads the options that environment variables give. */
export function environmentConfig(env: NodeJS.ProcessEnv): EnvironmentConfig {
  return {
    state: env.PROVISION_SERVICE_STATE,
    database: env.PROVISION_SERVICE_DATABASE,
    key_file: env.PROVISION_SERVICE_KEY_FILE,
    first_account: env.PROVISION_SERVICE_FIRST_ACCOUNT,
    listen: env.PROVISION_SERVICE_LISTEN,
    url: env.PROVISION_SERVICE_URL,
    tls_cert: env.PROVISION_SERVICE_TLS_CERT,
    tls_key: env.PROVISION_SERVICE_TLS_KEY,
    tls_ca: env.PROVISION_SERVICE_TLS_CA,
    trusted_proxy: env.PROVISION_SERVICE_TRUSTED_PROXY,
    default_visibility: env.PROVISION_SERVICE_DEFAULT_VISIBILITY,
    issuer: env.PROVISION_SERVICE_ISSUER,
    pull_token_lifetime: env.PROVISION_SERVICE_PULL_TOKEN_LIFETIME,
    push_token_lifetime: env.PROVISION_SERVICE_PUSH_TOKEN_LIFETIME,
    requests_per_second: env.PROVISION_SERVICE_REQUESTS_PER_SECOND,
    requests_burst: env.PROVISION_SERVICE_REQUESTS_BURST,
    audit_days: env.PROVISION_SERVICE_AUDIT_DAYS,
    audit_rows: env.PROVISION_SERVICE_AUDIT_ROWS,
    registry: env.PROVISION_SERVICE_REGISTRY,
    registry_listen: env.PROVISION_SERVICE_REGISTRY_LISTEN,
    registry_dir: env.PROVISION_SERVICE_REGISTRY_DIR,
    registry_name: env.PROVISION_SERVICE_REGISTRY_NAME,
    reconcile_every: env.PROVISION_SERVICE_RECONCILE_EVERY,
    registries: env.PROVISION_SERVICE_REGISTRIES,
    log: env.PROVISION_SERVICE_LOG,
  };
}
