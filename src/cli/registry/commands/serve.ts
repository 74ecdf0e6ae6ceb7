import { type Command, InvalidArgumentError, Option } from 'commander';
import { InputError } from '../../../diagnostics/diagnostic.js';
import { reasonOf } from '../../../diagnostics/reason.js';
import { RegistryError } from '../../../registry/registry-error.js';
import type { ServerConfig } from '../../../registry/server/config/config-schema.js';
import { configuredOptions } from '../../../registry/server/config/server-options.js';
import type { RegistryServerOptions } from '../../../registry/server/serve.js';
import { complainOf } from '../../terminal/complain.js';
import { takeInterrupts } from '../../terminal/interrupt.js';
import { duration, list } from '../../terminal/option-values.js';
import { printJson, printLines, printMessage } from '../../terminal/output.js';
import { type Done, plainSubcommand } from '../define-command.js';

interface ServeRequest {
  readonly config?: string;
  readonly dir?: string;
  readonly host?: string;
  readonly port?: number;
  readonly readOnly?: boolean;
  readonly delete?: boolean;
  readonly sparseIndexes?: boolean;
  readonly metricsPath?: string;
  readonly maxManifestSize?: number;
  readonly immutableTags?: string[];
  readonly proxyUrl?: string;
  readonly proxyUsername?: string;
  readonly proxyPasswordFile?: string;
  readonly proxyAuthfile?: string;
  readonly proxyCa?: string;
  readonly proxyTtl?: number;
  readonly proxyTagTtl?: number;
  readonly htpasswd?: string;
  readonly access?: string;
  readonly anonymousPull?: boolean;
  readonly tokenRealm?: string;
  readonly tokenService?: string;
  readonly tokenIssuer?: string;
  readonly tokenRootcertbundle?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsClientCa?: string;
  readonly tlsClientAuth?: 'require' | 'optional';
  readonly gcEvery?: number;
  readonly gcGrace?: number;
  readonly gcDeleteUntagged?: boolean;
  readonly scrubRate?: number;
  readonly log?: boolean;
  readonly json: boolean;
  readonly verbose: number;
}

/** Makes `provision registry serve`. */
export function serveCommand(done: Done): Command {
  const description = 'Runs a registry in the foreground: serves a folder, laid out as docker-registry has it.';
  return plainSubcommand('serve', description)
    .option('--config <file>', 'YAML or JSON with these options and more, "_" for "-"; options given here are stronger')
    .option('--dir <folder>', 'folder of the storage; made when it is missing')
    .option('--host <address>', 'address to listen on (default: 127.0.0.1)')
    .option('--port <n>', 'port to listen on; 0: any that is free (default: 5000)', portNumber)
    .option('--read-only', 'refuse all writes')
    .option('--delete', 'allow manifests, tags and blobs to be deleted')
    .option('--sparse-indexes', 'take indexes some of whose manifests are not there')
    .option('--metrics-path <path>', 'path of the figures for Prometheus (default: /metrics)', metricsPath)
    .option('--max-manifest-size <bytes>', 'largest manifest that is taken (default: 4194304)', manifestSize)
    .option('--immutable-tags <repository:tag>', 'globs of tags that are neither moved nor deleted; repeatable', list)
    .option('--proxy-url <url>', 'registry to fetch from what is not here: a pull-through cache; pushes are refused')
    .option('--proxy-username <name>', 'account there (default: none)')
    .option('--proxy-password-file <file>', 'file with its password')
    .option('--proxy-authfile <file>', 'file of accounts as docker and podman write it, instead')
    .option('--proxy-ca <file>', 'authorities of its certificate, PEM (default: those of the system)')
    .option('--proxy-ttl <time>', 'time after its last pull in which an image stays (default: 7d)', duration)
    .option('--proxy-tag-ttl <time>', 'time in which a tag is not looked up again (default: 1m)', duration)
    .option('--htpasswd <file>', 'file of accounts, bcrypt (default: everybody may do everything)')
    .option('--access <file>', 'file of rights, YAML: which accounts may do what (default: each may do all)')
    .option('--anonymous-pull', 'let everybody pull; a push needs an account')
    .option('--token-realm <url>', 'token server that says who may do what, in place of accounts here', tokenRealm)
    .option('--token-service <name>', 'name of this registry there: the audience of its tokens')
    .option('--token-issuer <name>', 'name of the token server')
    .option('--token-rootcertbundle <file>', 'certificates of its keys, or of their authority, PEM')
    .option('--tls-cert <file>', 'certificate of the registry, PEM (default: plain http)')
    .option('--tls-key <file>', 'its key, PEM')
    .option('--tls-client-ca <file>', 'authorities of certificates by which clients log in, PEM')
    .addOption(
      new Option('--tls-client-auth <how>', 'whether clients need such a certificate (default: require)').choices([
        'require',
        'optional',
      ]),
    )
    .option('--gc-every <time>', 'collect garbage so often: 1d, 12h (default: never by itself)', gcInterval)
    .option('--gc-grace <time>', 'time for which unused content stays (default: 1d)', duration)
    .option('--gc-delete-untagged', 'also collect manifests that belong to no tag')
    .option('--scrub-rate <bytes>', 'check all content once a day, at so many bytes per second', scrubRate)
    .option('--log', 'log each request on standard error')
    .action(async (request: ServeRequest) => done(await serve(request)));
}

/** Serves until Ctrl-C or SIGTERM. */
async function serve(request: ServeRequest): Promise<number> {
  const interrupt = takeInterrupts(() => printMessage('stopping: finishing the requests under way'));
  try {
    const { logs, ...options } = await configuredOptions(configOf(request), request.config);
    const { dir } = options;
    const { serveRegistry } = await import('../../../registry/server/serve.js');
    const where = { ...options, port: options.port ?? 5000 };
    const log = logs ? { log: process.stderr } : {};
    const server = await serveRegistry({ ...where, errorLog: process.stderr, ...log }).catch((error: unknown) => {
      throw startError(error, where);
    });
    const ready = { url: server.url, host: server.host, dir, pid: process.pid };
    if (request.json) printJson(ready);
    else printLines([`serving ${ready.dir} at ${server.url}`]);
    if (!interrupt.signal.aborted) {
      await new Promise((stop) => interrupt.signal.addEventListener('abort', stop, { once: true }));
    }
    await server.close();
    return 0;
  } catch (error) {
    return complainOf(error, request);
  } finally {
    interrupt.release();
  }
}

function configOf(request: ServeRequest): ServerConfig {
  const { dir, host, port, htpasswd, log } = request;
  return {
    dir,
    host,
    port,
    read_only: request.readOnly,
    delete: request.delete,
    sparse_indexes: request.sparseIndexes,
    metrics_path: request.metricsPath,
    max_manifest_size: request.maxManifestSize,
    immutable_tags: request.immutableTags,
    proxy_url: request.proxyUrl,
    proxy_username: request.proxyUsername,
    proxy_password_file: request.proxyPasswordFile,
    proxy_authfile: request.proxyAuthfile,
    proxy_ca: request.proxyCa,
    proxy_ttl: request.proxyTtl,
    proxy_tag_ttl: request.proxyTagTtl,
    htpasswd,
    access: request.access,
    anonymous_pull: request.anonymousPull,
    token_realm: request.tokenRealm,
    token_service: request.tokenService,
    token_issuer: request.tokenIssuer,
    token_rootcertbundle: request.tokenRootcertbundle,
    tls_cert: request.tlsCert,
    tls_key: request.tlsKey,
    tls_client_ca: request.tlsClientCa,
    tls_client_auth: request.tlsClientAuth,
    gc_every: request.gcEvery,
    gc_grace: request.gcGrace,
    gc_delete_untagged: request.gcDeleteUntagged,
    scrub_rate: request.scrubRate,
    log,
  };
}

/** Returns the input error of a port, folder or file that can't be used; a bug stays the error it is. */
function startError(error: unknown, { host = '127.0.0.1', port, dir }: RegistryServerOptions): unknown {
  if (!(error instanceof Error) || error instanceof TypeError || error instanceof InputError) return error;
  const code = 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE')
    return new RegistryError('input', `cannot listen on ${host}:${port}: another program does`);
  if (code === undefined) return new RegistryError('input', error.message, { cause: error });
  const where = 'path' in error ? `: ${error.path}` : '';
  return new RegistryError('input', `cannot serve ${dir} on ${host}:${port}${where}: ${reasonOf(error)}`, {
    cause: error,
  });
}

function portNumber(value: string): number {
  const number = Number(value);
  if (value.trim() === '' || !Number.isInteger(number) || number < 0 || number > 65_535)
    throw new InvalidArgumentError('A port is expected.');
  return number;
}

function tokenRealm(value: string): string {
  if (!URL.canParse(value) || !/^https?:\/\/[^"\\\s]+$/.test(value)) {
    throw new InvalidArgumentError('A URL is expected: https://registry.example.com/token');
  }
  return value;
}

function metricsPath(value: string): string {
  if (!/^\/(?!v2(?:\/|$))[\w.~/-]+$/.test(value)) {
    throw new InvalidArgumentError('A path is expected, not below /v2/: /metrics');
  }
  return value;
}

function gcInterval(value: string): number {
  const seconds = duration(value);
  if (seconds < 60) throw new InvalidArgumentError('A minute is the least.');
  return seconds;
}

function scrubRate(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1024) throw new InvalidArgumentError('A number from 1024 is expected.');
  return number;
}

function manifestSize(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 4 << 20 || number > 1 << 30) {
    throw new InvalidArgumentError('A number of bytes is expected, from 4194304 to 1073741824.');
  }
  return number;
}
