/*
 * The embedded registry as a program of its own: what a service on a host runs.
 *
 *   node main.js [--config F] --dir D [--host H] [--port P] [--read-only] [--delete] [--sparse-indexes]
 *                [--immutable-tags REPOSITORY:TAG]… [--htpasswd F] [--access F] [--anonymous-pull] [--tls-cert F --tls-key F] [--tls-client-ca F] [--tls-client-auth require|optional]
 *                [--token-realm URL --token-service S --token-issuer I --token-rootcertbundle F]
 *                [--metrics-path P] [--max-manifest-size N] [--log] [--pid-file F] [--ready-file F]
 *                [--gc-every S] [--gc-grace S] [--gc-delete-untagged] [--scrub-rate N]
 *   node main.js gc --dir D [--dry-run] [--json] [--gc-grace S] [--gc-delete-untagged] [--retain-newest N] [--retain-younger-than S]
 *                [--retain-keep GLOB]… [--retain-deny GLOB]… [--retain-allow-empty]
 *
 * gc collects the garbage of a folder: the server that serves it is asked to, if there is one. With rules it first deletes
 * the tags that none of them keeps. --json prints its report, and the URL of the server.
 * --config is a file with the same options (config/config-schema.ts); those given here are stronger.
 * --ready-file is written when it listens: its URL. SIGTERM and SIGINT let requests under way end; a second one doesn't wait.
 */
import { rm } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { visibleLine, visibleMessage } from '../../diagnostics/printable.js';
import { readRules } from './answers/upkeep-wishes.js';
import type { ServerConfig } from './config/config-schema.js';
import { placedMessages } from './config/placed-messages.js';
import { configuredOptions } from './config/server-options.js';
import { collectFolder, reportLine } from './gc/collect-folder.js';
import type { RetentionWishes } from './gc/retain.js';
import { serveRegistry } from './serve.js';
import { writeWhole } from './storage/files.js';
import { collectGarbageOften } from './uploads/garbage.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
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
    'token-realm': { type: 'string' },
    'token-service': { type: 'string' },
    'token-issuer': { type: 'string' },
    'token-rootcertbundle': { type: 'string' },
    'tls-cert': { type: 'string' },
    'tls-key': { type: 'string' },
    'tls-client-ca': { type: 'string' },
    'tls-client-auth': { type: 'string' },
    'metrics-path': { type: 'string' },
    'max-manifest-size': { type: 'string' },
    'gc-every': { type: 'string' },
    'gc-grace': { type: 'string' },
    'gc-delete-untagged': { type: 'boolean' },
    'scrub-rate': { type: 'string' },
    'dry-run': { type: 'boolean' },
    json: { type: 'boolean' },
    'retain-newest': { type: 'string' },
    'retain-younger-than': { type: 'string' },
    'retain-keep': { type: 'string', multiple: true },
    'retain-deny': { type: 'string', multiple: true },
    'retain-allow-empty': { type: 'boolean' },
    log: { type: 'boolean' },
    'pid-file': { type: 'string' },
    'ready-file': { type: 'string' },
  },
});

async function main(): Promise<void> {
  const [verb, ...more] = positionals;
  if (more.length > 0 || (verb !== undefined && verb !== 'gc')) throw new Error(`what is ${positionals.join(' ')}?`);
  if (verb === 'gc') return await collectOnce();
  const [foreign] = Object.keys(values).filter(
    (name) => ['dry-run', 'json'].includes(name) || name.startsWith('retain-'),
  );
  if (foreign !== undefined) throw new Error(`--${foreign} is for gc`);
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

async function collectOnce(): Promise<void> {
  const { dir, 'dry-run': dryRun = false } = values;
  if (dir === undefined) throw new Error('--dir is missing: the folder of the images');
  const { gc_grace: grace, gc_delete_untagged: deleteUntagged = false } = upkeepFlags();
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort(new Error(signal)));
  const complain = (message: string) => void process.stderr.write(`${visibleMessage(message)}\n`);
  const { server, report } = await collectFolder(
    dir,
    { apply: !dryRun, deleteUntagged, grace, retain: retentionRules() },
    stop.signal,
    complain,
  );
  if (values.json === true) {
    process.stdout.write(`${JSON.stringify({ server, report })}\n`);
    return;
  }
  process.stdout.write(`${visibleLine(`${dir}: ${reportLine(report)}`)}\n`);
  for (const { name, skipped } of report.repositories) {
    if (skipped === undefined) continue;
    complain(`${name} is not collected: ${skipped}`);
    process.exitCode = 2;
  }
}

function retentionRules(): RetentionWishes | undefined {
  const { 'retain-newest': newest, 'retain-younger-than': age, 'retain-keep': keep, 'retain-deny': deny } = values;
  const allowEmpty = values['retain-allow-empty'] ?? false;
  if ([newest, age, keep, deny].every((value) => value === undefined) && !allowEmpty) return undefined;
  const rules = readRules({
    ...(newest === undefined ? {} : { newest: whole('--retain-newest', newest, 1_000_000, 1) }),
    ...(age === undefined ? {} : { youngerThan: whole('--retain-younger-than', age, longestTime, 1) }),
    keep,
    deny,
    allowEmpty,
  });
  if (typeof rules === 'string') throw new Error(rules);
  return rules;
}

/** Seconds, and bytes a second. */
const longestTime = 10 * 365 * 24 * 3600;
const fastest = 1 << 30;

function upkeepFlags(): ServerConfig {
  const { 'gc-every': every, 'gc-grace': grace, 'scrub-rate': rate, 'gc-delete-untagged': untagged } = values;
  return {
    gc_every: every === undefined ? undefined : whole('--gc-every', every, longestTime, 60),
    gc_grace: grace === undefined ? undefined : whole('--gc-grace', grace, longestTime),
    scrub_rate: rate === undefined ? undefined : whole('--scrub-rate', rate, fastest, 1024),
    gc_delete_untagged: untagged,
  };
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
    token_realm: values['token-realm'],
    token_service: values['token-service'],
    token_issuer: values['token-issuer'],
    token_rootcertbundle: values['token-rootcertbundle'],
    tls_cert: values['tls-cert'],
    tls_key: values['tls-key'],
    tls_client_ca: values['tls-client-ca'],
    tls_client_auth: clientAuth(values['tls-client-auth']),
    metrics_path: values['metrics-path'],
    max_manifest_size: size === undefined ? undefined : whole('--max-manifest-size', size, 1 << 30),
    ...upkeepFlags(),
    log,
  };
}

function clientAuth(text: string | undefined): ServerConfig['tls_client_auth'] {
  if (text === undefined || text === 'require' || text === 'optional') return text;
  throw new Error(`--tls-client-auth ${text}: must be require or optional`);
}

function whole(option: string, text: string, most: number, least = 0): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new Error(`${option} ${text}: must be a whole number ${least === 0 ? '' : `from ${least} `}up to ${most}`);
}

main().catch((error: unknown) => {
  for (const message of placedMessages(error)) process.stderr.write(`${visibleMessage(message)}\n`);
  process.exitCode = 1;
});
