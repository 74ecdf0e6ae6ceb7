import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { reasonOf } from '../../../diagnostics/reason.js';
import { RegistryError } from '../../../registry/registry-error.js';
import { complainOf } from '../../terminal/complain.js';
import { takeInterrupts } from '../../terminal/interrupt.js';
import { duration } from '../../terminal/option-values.js';
import { printJson, printLines, printMessage } from '../../terminal/output.js';
import { type Done, plainSubcommand } from '../define-command.js';

interface ServeRequest {
  readonly dir: string;
  readonly host: string;
  readonly port: number;
  readonly readOnly: boolean;
  readonly delete: boolean;
  readonly sparseIndexes: boolean;
  readonly metricsPath: string | undefined;
  readonly maxManifestSize: number | undefined;
  readonly htpasswd: string | undefined;
  readonly tlsCert: string | undefined;
  readonly tlsKey: string | undefined;
  readonly gcEvery: number | undefined;
  readonly gcGrace: number | undefined;
  readonly gcDeleteUntagged: boolean;
  readonly scrubRate: number | undefined;
  readonly log: boolean;
  readonly json: boolean;
  readonly verbose: number;
}

/** Makes `provision registry serve`. */
export function serveCommand(done: Done): Command {
  const description = 'Runs a registry in the foreground: serves a folder, laid out as docker-registry has it.';
  return plainSubcommand('serve', description)
    .requiredOption('--dir <folder>', 'folder of the storage; made when it is missing')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <n>', 'port to listen on; 0: any that is free', portNumber, 5000)
    .option('--read-only', 'refuse all writes', false)
    .option('--delete', 'allow manifests, tags and blobs to be deleted', false)
    .option('--sparse-indexes', 'take indexes some of whose manifests are not there', false)
    .option('--metrics-path <path>', 'path of the figures for Prometheus (default: /metrics)', metricsPath)
    .option('--max-manifest-size <bytes>', 'largest manifest that is taken (default: 4194304)', manifestSize)
    .option('--htpasswd <file>', 'file of accounts, bcrypt (default: everybody may do everything)')
    .option('--tls-cert <file>', 'certificate of the registry, PEM (default: plain http)')
    .option('--tls-key <file>', 'its key, PEM')
    .option('--gc-every <time>', 'collect garbage so often: 1d, 12h (default: never by itself)', gcInterval)
    .option('--gc-grace <time>', 'time for which unused content stays (default: 1d)', duration)
    .option('--gc-delete-untagged', 'also collect manifests that belong to no tag', false)
    .option('--scrub-rate <bytes>', 'check all content once a day, at so many bytes per second', scrubRate)
    .option('--log', 'log each request on standard error', false)
    .action(async (request: ServeRequest) => done(await serve(request)));
}

/** Serves until Ctrl-C or SIGTERM. */
async function serve(request: ServeRequest): Promise<number> {
  const interrupt = takeInterrupts(() => printMessage('stopping: finishing the requests under way'));
  try {
    const { dir, host, port, readOnly, sparseIndexes, metricsPath, maxManifestSize, htpasswd, log } = request;
    const { gcEvery, gcGrace, gcDeleteUntagged, scrubRate } = request;
    const tls = tlsOf(request);
    const { serveRegistry } = await import('../../../registry/server/serve.js');
    const server = await serveRegistry({
      dir: resolve(dir),
      host,
      port,
      readOnly,
      delete: request.delete,
      sparseIndexes,
      ...(metricsPath === undefined ? {} : { metricsPath }),
      ...(maxManifestSize === undefined ? {} : { maxManifestSize }),
      ...(htpasswd === undefined ? {} : { htpasswd: resolve(htpasswd) }),
      ...(gcEvery === undefined ? {} : { gcEvery }),
      ...(gcGrace === undefined ? {} : { gcGrace }),
      ...(scrubRate === undefined ? {} : { scrubRate }),
      gcDeleteUntagged,
      ...(tls === undefined ? {} : { tls }),
      errorLog: process.stderr,
      ...(log ? { log: process.stderr } : {}),
    }).catch((error: unknown) => {
      throw startError(error, request);
    });
    const ready = { url: server.url, host: server.host, dir: resolve(dir), pid: process.pid };
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

function tlsOf({ tlsCert: cert, tlsKey: key }: ServeRequest): { cert: string; key: string } | undefined {
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) {
    throw new RegistryError('input', '--tls-cert and --tls-key are needed both, or neither');
  }
  return { cert: resolve(cert), key: resolve(key) };
}

/** Returns the input error of a port, folder or file that can't be used; a bug stays the error it is. */
function startError(error: unknown, { host, port, dir }: ServeRequest): unknown {
  if (!(error instanceof Error) || error instanceof TypeError) return error;
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
  if (!Number.isInteger(number) || number < 0 || number > 65_535) throw new InvalidArgumentError('A port is expected.');
  return number;
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
