/*
 * The embedded registry as a program of its own: what a service on a host runs.
 *
 *   node main.js --dir D [--host H] [--port P] [--read-only] [--delete] [--sparse-indexes] [--htpasswd F]
 *                [--tls-cert F --tls-key F] [--metrics-path P] [--max-manifest-size N] [--log] [--pid-file F] [--ready-file F]
 *                [--gc-every S] [--gc-grace S] [--gc-delete-untagged] [--scrub-rate N]
 *   node main.js gc --dir D [--dry-run] [--gc-grace S] [--gc-delete-untagged] [--retain-newest N] [--retain-younger-than S]
 *                [--retain-keep GLOB]… [--retain-deny GLOB]… [--retain-allow-empty]
 *
 * gc collects the garbage of a folder: the server that serves it is asked to, if there is one. With rules it first deletes
 * the tags that none of them keeps.
 * --ready-file is written when it listens: its URL. SIGTERM and SIGINT let requests under way end; a second one doesn't wait.
 */
import { rm } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { visibleLine, visibleMessage } from '../../diagnostics/printable.js';
import { readRules } from './answers/upkeep-wishes.js';
import { collectFolder, reportLine } from './gc/collect-folder.js';
import type { RetentionWishes } from './gc/retain.js';
import { type RegistryServerOptions, serveRegistry } from './serve.js';
import { writeWhole } from './storage/files.js';
import { collectGarbageOften } from './uploads/garbage.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    dir: { type: 'string' },
    host: { type: 'string' },
    port: { type: 'string' },
    'read-only': { type: 'boolean' },
    delete: { type: 'boolean' },
    'sparse-indexes': { type: 'boolean' },
    htpasswd: { type: 'string' },
    'tls-cert': { type: 'string' },
    'tls-key': { type: 'string' },
    'metrics-path': { type: 'string' },
    'max-manifest-size': { type: 'string' },
    'gc-every': { type: 'string' },
    'gc-grace': { type: 'string' },
    'gc-delete-untagged': { type: 'boolean' },
    'scrub-rate': { type: 'string' },
    'dry-run': { type: 'boolean' },
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
  const [foreign] = Object.keys(values).filter((name) => name === 'dry-run' || name.startsWith('retain-'));
  if (foreign !== undefined) throw new Error(`--${foreign} is for gc`);
  collectGarbageOften();
  const server = await serveRegistry(optionsOf());
  const { 'pid-file': pidFile, 'ready-file': readyFile } = values;
  if (pidFile !== undefined) await writeWhole(pidFile, `${process.pid}\n`);
  if (readyFile !== undefined) await writeWhole(readyFile, `${server.url}\n`);
  process.stdout.write(`${visibleLine(`serving ${values.dir} at ${server.url}`)}\n`);
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
  const { gcGrace: grace, gcDeleteUntagged: deleteUntagged = false } = upkeepOptions();
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort(new Error(signal)));
  const complain = (message: string) => void process.stderr.write(`${visibleMessage(message)}\n`);
  const { report } = await collectFolder(
    dir,
    { apply: !dryRun, deleteUntagged, grace, retain: retentionRules() },
    stop.signal,
    complain,
  );
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

function upkeepOptions() {
  const { 'gc-every': every, 'gc-grace': grace, 'scrub-rate': rate, 'gc-delete-untagged': untagged } = values;
  return {
    ...(every === undefined ? {} : { gcEvery: whole('--gc-every', every, longestTime, 60) }),
    ...(grace === undefined ? {} : { gcGrace: whole('--gc-grace', grace, longestTime) }),
    ...(rate === undefined ? {} : { scrubRate: whole('--scrub-rate', rate, fastest, 1024) }),
    ...(untagged === true ? { gcDeleteUntagged: true } : {}),
  };
}

function optionsOf(): RegistryServerOptions {
  const { dir, host, htpasswd, 'tls-cert': cert, 'tls-key': key, 'metrics-path': metricsPath } = values;
  const size = values['max-manifest-size'];
  if (dir === undefined) throw new Error('--dir is missing: the folder of the images');
  if ((cert === undefined) !== (key === undefined))
    throw new Error('--tls-cert and --tls-key are needed both, or neither');
  return {
    dir,
    port: whole('--port', values.port ?? '0', 65_535),
    readOnly: values['read-only'] ?? false,
    delete: values.delete ?? false,
    sparseIndexes: values['sparse-indexes'] ?? false,
    ...(host === undefined ? {} : { host }),
    ...(htpasswd === undefined ? {} : { htpasswd }),
    ...(cert === undefined || key === undefined ? {} : { tls: { cert, key } }),
    ...(metricsPath === undefined ? {} : { metricsPath }),
    ...(size === undefined ? {} : { maxManifestSize: whole('--max-manifest-size', size, 1 << 30) }),
    ...upkeepOptions(),
    errorLog: process.stderr,
    ...(values.log === true ? { log: process.stdout } : {}),
  };
}

function whole(option: string, text: string, most: number, least = 0): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new Error(`${option} ${text}: must be a whole number ${least === 0 ? '' : `from ${least} `}up to ${most}`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${visibleMessage(error instanceof Error ? error.message : String(error))}\n`);
  process.exitCode = 1;
});
