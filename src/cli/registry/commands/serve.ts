import { resolve } from 'node:path';
import { reasonOf } from '../../../diagnostics/reason.js';
import { RegistryError } from '../../../registry/registry-error.js';
import { complainOf } from '../../terminal/complain.js';
import { takeInterrupts } from '../../terminal/interrupt.js';
import { printJson, printLines, printMessage } from '../../terminal/output.js';

export interface ServeRequest {
  readonly dir: string;
  readonly host: string;
  readonly port: number;
  readonly readOnly: boolean;
  readonly delete: boolean;
  readonly htpasswd: string | undefined;
  readonly tlsCert: string | undefined;
  readonly tlsKey: string | undefined;
  readonly log: boolean;
  readonly json: boolean;
  readonly verbose: number;
}

/** `provision registry serve`: a registry on a folder, until it is told to stop (Ctrl-C, SIGTERM). */
export async function serveAction(request: ServeRequest): Promise<number> {
  const interrupt = takeInterrupts(() => printMessage('stopping: finishing the requests under way'));
  try {
    const { dir, host, port, readOnly, htpasswd, log } = request;
    const tls = tlsOf(request);
    const { serveRegistry } = await import('../../../registry/server/serve.js');
    const server = await serveRegistry({
      dir: resolve(dir),
      host,
      port,
      readOnly,
      delete: request.delete,
      ...(htpasswd === undefined ? {} : { htpasswd: resolve(htpasswd) }),
      ...(tls === undefined ? {} : { tls }),
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
    throw new RegistryError(
      'input',
      '--tls-cert and --tls-key go together: the certificate of the registry, and its key',
    );
  }
  return { cert: resolve(cert), key: resolve(key) };
}

/** What could not be had is what was asked for: a port, a folder, a file. What is a error of ours stays one. */
function startError(error: unknown, { host, port, dir }: ServeRequest): unknown {
  if (!(error instanceof Error) || error instanceof TypeError) return error;
  const code = 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') return new RegistryError('input', `cannot listen on ${host}:${port}: something else does`);
  if (code === undefined) return new RegistryError('input', error.message, { cause: error });
  const where = 'path' in error ? `: ${error.path}` : '';
  return new RegistryError('input', `cannot serve ${dir} on ${host}:${port}${where}: ${reasonOf(error)}`, {
    cause: error,
  });
}
