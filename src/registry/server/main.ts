/*
 * The embedded registry as a program of its own: what a service on a host runs.
 *
 *   node main.js [--config F] --dir D [--host H] [--port P] [--read-only] [--delete] [--sparse-indexes]
 *                [--immutable-tags REPOSITORY:TAG]… [--htpasswd F] [--access F] [--anonymous-pull] [--tls-cert F --tls-key F] [--tls-client-ca F] [--tls-client-auth require|optional]
 *                [--metrics-path P] [--max-manifest-size N] [--log] [--pid-file F] [--ready-file F]
 *
 * --config is a file with the same options (config/config-schema.ts); those given here are stronger.
 * --ready-file is written when it listens: its URL. SIGTERM and SIGINT let requests under way end; a second one doesn't wait.
 */
import { rm } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { visibleLine, visibleMessage } from '../../diagnostics/printable.js';
import type { ServerConfig } from './config/config-schema.js';
import { placedMessages } from './config/placed-messages.js';
import { configuredOptions } from './config/server-options.js';
import { serveRegistry } from './serve.js';
import { writeWhole } from './storage/files.js';
import { collectGarbageOften } from './uploads/garbage.js';

const { values } = parseArgs({
  options: {
    config: { type: 'string' },
    dir: { type: 'string' },
    host: { type: 'string' },
    port: { type: 'string' },
    'read-only': { type: 'boolean' },
    delete: { type: 'boolean' },
    'sparse-indexes': { type: 'boolean' },
    'immutable-tags': { type: 'string', multiple: true },
    htpasswd: { type: 'string' },
    access: { type: 'string' },
    'anonymous-pull': { type: 'boolean' },
    'tls-cert': { type: 'string' },
    'tls-key': { type: 'string' },
    'tls-client-ca': { type: 'string' },
    'tls-client-auth': { type: 'string' },
    'metrics-path': { type: 'string' },
    'max-manifest-size': { type: 'string' },
    log: { type: 'boolean' },
    'pid-file': { type: 'string' },
    'ready-file': { type: 'string' },
  },
});

async function main(): Promise<void> {
  collectGarbageOften();
  const { logs, ...options } = await configuredOptions(flags(), values.config);
  const log = logs ? { log: process.stdout } : {};
  const server = await serveRegistry({ ...options, errorLog: process.stderr, ...log });
  const { 'pid-file': pidFile, 'ready-file': readyFile } = values;
  if (pidFile !== undefined) await writeWhole(pidFile, `${process.pid}\n`);
  if (readyFile !== undefined) await writeWhole(readyFile, `${server.url}\n`);
  process.stdout.write(`${visibleLine(`serving ${options.dir} at ${server.url}`)}\n`);
  let asked = 0;
  const stop = async () => {
    asked += 1;
    await server.close(asked === 1 ? undefined : 0);
    for (const file of [pidFile, readyFile]) if (file !== undefined) await rm(file, { force: true });
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop());
}

function flags(): ServerConfig {
  const { dir, host, port, htpasswd, log, 'max-manifest-size': size } = values;
  return {
    dir,
    host,
    port: port === undefined ? undefined : whole('--port', port, 65_535),
    read_only: values['read-only'],
    delete: values.delete,
    sparse_indexes: values['sparse-indexes'],
    immutable_tags: values['immutable-tags'],
    htpasswd,
    access: values.access,
    anonymous_pull: values['anonymous-pull'],
    tls_cert: values['tls-cert'],
    tls_key: values['tls-key'],
    tls_client_ca: values['tls-client-ca'],
    tls_client_auth: clientAuth(values['tls-client-auth']),
    metrics_path: values['metrics-path'],
    max_manifest_size: size === undefined ? undefined : whole('--max-manifest-size', size, 1 << 30),
    log,
  };
}

function clientAuth(text: string | undefined): ServerConfig['tls_client_auth'] {
  if (text === undefined || text === 'require' || text === 'optional') return text;
  throw new Error(`--tls-client-auth ${text}: must be require or optional`);
}

function whole(option: string, text: string, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= most) return value;
  throw new Error(`${option} ${text}: must be a whole number up to ${most}`);
}

main().catch((error: unknown) => {
  for (const message of placedMessages(error)) process.stderr.write(`${visibleMessage(message)}\n`);
  process.exitCode = 1;
});
