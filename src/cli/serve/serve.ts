import { InputError } from '../../diagnostics/diagnostic.js';
import { reasonOf } from '../../diagnostics/reason.js';
import { RegistryError } from '../../registry/registry-error.js';
import type { ServiceConfig } from '../../service/config/config-schema.js';
import { complainOf } from '../terminal/complain.js';
import { takeInterrupts } from '../terminal/interrupt.js';
import { printJson, printLines, printMessage } from '../terminal/output.js';
import type { ServeServiceRequest } from './request.js';

/** Runs the service until Ctrl-C or SIGTERM. */
export async function serveService(request: ServeServiceRequest): Promise<number> {
  const interrupt = takeInterrupts(() => printMessage('stopping: finishing the requests under way'));
  try {
    const { serviceOptions } = await import('../../service/config/service-options.js');
    const { environmentConfig } = await import('../../service/config/environment-config.js');
    const { readDirectoryFlags } = await import('../../service/config/directories/directory-flags.js');
    const flags = { ...configOf(request), ...readDirectoryFlags({ ...request }) };
    const options = serviceOptions(flags, environmentConfig(process.env), request.config);
    const { startService } = await import('../../service/serve.js');
    const service = await startService(options, process.stderr, jobProgram());
    if (request.json) {
      const { url, registry, setupToken } = service;
      printJson({ url, registry, setupToken, state: options.state, pid: process.pid });
    } else printLines(welcome(service, options.state));
    if (!interrupt.signal.aborted) {
      await new Promise((stop) => interrupt.signal.addEventListener('abort', stop, { once: true }));
    }
    await service.close();
    return 0;
  } catch (error) {
    return complainOf(startError(error), request);
  } finally {
    interrupt.release();
  }
}

function welcome(
  {
    url,
    registry,
    setupToken,
  }: { readonly url: string; readonly registry: string | undefined; readonly setupToken: string | undefined },
  state: string,
): string[] {
  return [
    `serving ${url}, state in ${state}`,
    ...(registry === undefined ? [] : [`registry ${registry}: docker login ${registry}`]),
    ...(setupToken === undefined
      ? []
      : [
          'there is no account yet. Make the first one, an administrator, by this token, which is good once:',
          '',
          `  provision accounts setup NAME --service ${url} --token ${setupToken}`,
          '',
        ]),
  ];
}

function configOf(request: ServeServiceRequest): ServiceConfig {
  const { state, database, listen, url, issuer, log } = request;
  return {
    state,
    database,
    key_file: request.keyFile,
    listen,
    url,
    tls_cert: request.tlsCert,
    tls_key: request.tlsKey,
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
    site: request.site,
    inventory: request.inventory,
    vault_password_files: request.vaultPasswordFile,
    become_password_file: request.becomePasswordFile,
    accept_new: request.acceptNew,
    older_listen: request.olderListen,
    older_host: request.olderHost,
    older_account: request.olderAccount,
    older_versions: request.olderVersions,
    older_open: request.olderOpen,
    jobs_at_once: request.jobsAtOnce,
    jobs_kept: request.jobsKept,
    jobs_days: request.jobsDays,
    jobs_bytes: request.jobsBytes,
    log,
  };
}

/** Returns the input error of an address, file or database that can't be used; a bug stays the error it is. */
function startError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof TypeError || error instanceof InputError) return error;
  const code = 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE' && 'port' in error) {
    const where = 'address' in error ? `${String(error.address)}:` : '';
    return new RegistryError('input', `cannot listen on ${where}${String(error.port)}: another program does`);
  }
  const path = 'path' in error ? `${String(error.path)}: ` : '';
  return new RegistryError('input', code === undefined ? error.message : `${path}${reasonOf(error)}`, { cause: error });
}

/** Returns the command by which the service starts the processes of its jobs: this program, by this Node. */
function jobProgram(): readonly [string, ...string[]] {
  return [process.execPath, ...process.execArgv, process.argv[1] ?? '', 'run-job'];
}
