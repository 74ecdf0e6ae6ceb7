import { type ServiceConfig, serviceConfig } from './config-schema.js';
import { directoryEnvironment } from './directories/directory-environment.js';

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
    undo_days: env.PROVISION_SERVICE_UNDO_DAYS,
    audit_rows: env.PROVISION_SERVICE_AUDIT_ROWS,
    page_theme: env.PROVISION_SERVICE_PAGE_THEME,
    registry: env.PROVISION_SERVICE_REGISTRY,
    registry_listen: env.PROVISION_SERVICE_REGISTRY_LISTEN,
    registry_dir: env.PROVISION_SERVICE_REGISTRY_DIR,
    registry_name: env.PROVISION_SERVICE_REGISTRY_NAME,
    registry_quotas: env.PROVISION_SERVICE_REGISTRY_QUOTAS,
    reconcile_every: env.PROVISION_SERVICE_RECONCILE_EVERY,
    registries: env.PROVISION_SERVICE_REGISTRIES,
    upstreams: env.PROVISION_SERVICE_UPSTREAMS,
    site: env.PROVISION_SERVICE_SITE,
    inventory: env.PROVISION_SERVICE_INVENTORY,
    vault_password_files: env.PROVISION_SERVICE_VAULT_PASSWORD_FILES,
    become_password_file: env.PROVISION_SERVICE_BECOME_PASSWORD_FILE,
    accept_new: env.PROVISION_SERVICE_ACCEPT_NEW,
    drift_every: env.PROVISION_SERVICE_DRIFT_EVERY,
    vendors: env.PROVISION_SERVICE_VENDORS,
    publish_listen: env.PROVISION_SERVICE_PUBLISH_LISTEN,
    publish_config: env.PROVISION_SERVICE_PUBLISH_CONFIG,
    publish_client_ca: env.PROVISION_SERVICE_PUBLISH_CLIENT_CA,
    metrics: env.PROVISION_SERVICE_METRICS,
    metrics_token_file: env.PROVISION_SERVICE_METRICS_TOKEN_FILE,
    traces_endpoint: env.PROVISION_SERVICE_TRACES_ENDPOINT,
    older_listen: env.PROVISION_SERVICE_OLDER_LISTEN,
    older_host: env.PROVISION_SERVICE_OLDER_HOST,
    older_account: env.PROVISION_SERVICE_OLDER_ACCOUNT,
    older_versions: env.PROVISION_SERVICE_OLDER_VERSIONS,
    older_open: env.PROVISION_SERVICE_OLDER_OPEN,
    jobs_at_once: env.PROVISION_SERVICE_JOBS_AT_ONCE,
    jobs_kept: env.PROVISION_SERVICE_JOBS_KEPT,
    jobs_days: env.PROVISION_SERVICE_JOBS_DAYS,
    jobs_bytes: env.PROVISION_SERVICE_JOBS_BYTES,
    log: env.PROVISION_SERVICE_LOG,
    webhook_allow: env.PROVISION_SERVICE_WEBHOOK_ALLOW,
    webhook_ca: env.PROVISION_SERVICE_WEBHOOK_CA,
    webhook_days: env.PROVISION_SERVICE_WEBHOOK_DAYS,
    webhook_rows: env.PROVISION_SERVICE_WEBHOOK_ROWS,
    ...directoryEnvironment(env),
  };
}

/** Reads the text of one option as its file would have it: a number, a switch, JSON of a list or map. */
export function environmentValue(name: keyof ServiceConfig, text: string): unknown {
  const schema = serviceConfig.shape[name];
  if (schema.safeParse(text).success) return text;
  if (/^[[{]/.test(text)) return parsedJson(text);
  if (text === 'true' || text === 'false') return text === 'true';
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // The schema says what is wrong.
  }
}
