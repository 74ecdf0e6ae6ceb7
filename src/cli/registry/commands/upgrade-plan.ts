import { parse } from 'yaml';
import { readTextFile } from '../../../diagnostics/read-text.js';
import { reasonOf } from '../../../diagnostics/reason.js';
import { isTooDeep } from '../../../diagnostics/yaml/yaml-depth.js';
import { tooDeep } from '../../../diagnostics/yaml/yaml-limits.js';
import { isRecord } from '../../../model/is-record.js';
import { RegistryError } from '../../../registry/registry-error.js';
import { type UpgradeFinding, upgradeFindings } from '../../../registry/upgrade/findings.js';
import { schemaOneImages } from '../../../registry/upgrade/schema-one.js';
import { count } from '../../../text/count.js';
import { print, withEnding } from '../run-action.js';

export interface UpgradePlanRequest {
  readonly to: string;
  readonly storage: string | undefined;
  readonly json: boolean;
  readonly verbose: number;
}

/** `provision registry upgrade-plan`: what an upgrade to 3.x would break. Exit status 2 if anything. */
export function upgradePlanAction(file: string, request: UpgradePlanRequest): Promise<number> {
  return withEnding({ verbose: request.verbose, timeout: undefined }, async () => {
    if (!/^3(\.\d+){0,2}$/.test(request.to))
      throw new RegistryError('input', `--to ${request.to}: a version of distribution 3.x is expected, such as 3.1`);
    const config = readConfig(file);
    const findings = upgradeFindings(config, request.to);
    const folder = request.storage ?? rootDirectory(config);
    const old = folder === undefined ? undefined : await schemaOneImages(folder);
    const breaks = findings.some(({ level }) => level === 'breaks') || (old ?? []).length > 0;
    print(request, { to: request.to, breaks, findings, schema1: old ?? null }, [
      ...findings.map(worded),
      contentLine(folder, old),
      ...(old ?? []).map((image) => `  ${image}`),
      breaks ? `an upgrade to ${request.to} would break what is said above` : `nothing would break with ${request.to}`,
    ]);
    return breaks ? 2 : 0;
  });
}

/** Most bytes of a configuration; people write some kilobytes. */
const largestConfig = 256 * 1024;

function readConfig(file: string): unknown {
  try {
    const text = readTextFile(file, { most: largestConfig });
    if (isTooDeep(text)) throw new Error(tooDeep);
    const config: unknown = parse(text, { version: '1.1', uniqueKeys: false });
    if (typeof config === 'object' && config !== null && 'storage' in config) return config;
  } catch (error) {
    throw new RegistryError('input', `cannot read ${file}: ${reasonOf(error)}`);
  }
  throw new RegistryError('input', `${file} is no configuration of a registry: it has no storage`);
}

function worded({ level, key, message, instead }: UpgradeFinding): string {
  return `${level.padEnd(7)} ${key === '' ? '' : `${key}: `}${message}${instead === undefined ? '' : `\n        -> ${instead}`}`;
}

function contentLine(folder: string | undefined, old: readonly string[] | undefined): string {
  if (folder === undefined) return 'note    images of schema 1 are not looked for: the storage is no folder';
  if (old === undefined)
    return `note    images of schema 1 are not looked for: ${folder} is not on this machine (--storage says where it is)`;
  if (old.length === 0) return `note    no image of schema 1 in ${folder}`;
  return `breaks  ${count(old.length, 'image')} of schema 1 in ${folder}, which 3.x does not give:`;
}

function rootDirectory(config: unknown): string | undefined {
  const storage = isRecord(config) ? config.storage : undefined;
  const filesystem = isRecord(storage) ? storage.filesystem : undefined;
  const root = isRecord(filesystem) ? filesystem.rootdirectory : undefined;
  return typeof root === 'string' ? root : undefined;
}
