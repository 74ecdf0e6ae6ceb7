import type { Command } from 'commander';
import { readTextFile } from '../../../diagnostics/read-text.js';
import { reasonOf } from '../../../diagnostics/reason.js';
import { isTooDeep } from '../../../diagnostics/yaml/yaml-depth.js';
import { tooDeep } from '../../../diagnostics/yaml/yaml-limits.js';
import { isRecord } from '../../../model/is-record.js';
import { RegistryError } from '../../../registry/registry-error.js';
import type { UpgradeFinding } from '../../../registry/upgrade/findings.js';
import { count } from '../../../text/count.js';
import { runUntilStopped } from '../../terminal/run-until-stopped.js';
import { type Done, plainSubcommand } from '../define-command.js';
import { print } from '../run-action.js';

interface UpgradePlanRequest {
  readonly to: string;
  readonly storage: string | undefined;
  readonly json: boolean;
  readonly verbose: number;
}

/** Makes `provision registry upgrade-plan`. */
export function upgradePlanCommand(done: Done): Command {
  const description = "Lists what an upgrade from distribution 2.x would break, by a registry's configuration.";
  return plainSubcommand('upgrade-plan', description)
    .argument('<config.yml>', 'configuration of the registry')
    .option('--to <version>', 'version to upgrade to', '3.1')
    .option('--storage <folder>', 'its storage, searched for images of schema 1 (default: as configured)')
    .action(async (file: string, request: UpgradePlanRequest) => done(await planUpgrade(file, request)));
}

/** Prints the findings. Gives exit status 2 where an upgrade would break something. */
function planUpgrade(file: string, request: UpgradePlanRequest): Promise<number> {
  return runUntilStopped({ verbose: request.verbose, timeout: undefined }, async () => {
    if (!/^3(\.\d+){0,2}$/.test(request.to))
      throw new RegistryError(
        'input',
        `--to ${request.to} is not a version of distribution 3.x: write it as 3.1 or 3.1.1`,
      );
    const { upgradeFindings } = await import('../../../registry/upgrade/findings.js');
    const { schemaOneImages } = await import('../../../registry/upgrade/schema-one.js');
    const config = await readConfig(file);
    const findings = upgradeFindings(config, request.to);
    const folder = request.storage ?? rootDirectory(config);
    const old = folder === undefined ? undefined : await schemaOneImages(folder);
    const breaks = findings.some(({ level }) => level === 'breaks') || (old ?? []).length > 0;
    print(request, { to: request.to, breaks, findings, schema1: old ?? null }, [
      ...findings.flatMap(findingLines),
      contentLine(folder, old),
      ...(old ?? []).map((image) => `  ${image}`),
      breaks
        ? `an upgrade to ${request.to} would break what is listed above`
        : `nothing would break with ${request.to}`,
    ]);
    return breaks ? 2 : 0;
  });
}

/** Most bytes of a configuration; people write some kilobytes. */
const largestConfig = 256 * 1024;

async function readConfig(file: string): Promise<unknown> {
  const { parse } = await import('yaml');
  try {
    const text = readTextFile(file, { most: largestConfig });
    if (isTooDeep(text)) throw new Error(tooDeep);
    const config: unknown = parse(text, { version: '1.1', uniqueKeys: false });
    if (typeof config === 'object' && config !== null && 'storage' in config) return config;
  } catch (error) {
    throw new RegistryError('input', `cannot read ${file}: ${reasonOf(error)}`);
  }
  throw new RegistryError('input', `${file} is not the configuration of a registry: it has no storage`);
}

function findingLines({ level, key, message, instead }: UpgradeFinding): string[] {
  const finding = `${level.padEnd(7)} ${key === '' ? '' : `${key}: `}${message}`;
  return instead === undefined ? [finding] : [finding, `        -> ${instead}`];
}

function contentLine(folder: string | undefined, old: readonly string[] | undefined): string {
  if (folder === undefined) return 'note    images of schema 1 were not looked for: the storage is not a folder';
  if (old === undefined)
    return `note    images of schema 1 were not looked for: ${folder} is not on this machine (name it with --storage)`;
  if (old.length === 0) return `note    no image of schema 1 in ${folder}`;
  return `breaks  ${count(old.length, 'image')} of schema 1 in ${folder}, which 3.x does not serve:`;
}

function rootDirectory(config: unknown): string | undefined {
  const storage = isRecord(config) ? config.storage : undefined;
  const filesystem = isRecord(storage) ? storage.filesystem : undefined;
  const root = isRecord(filesystem) ? filesystem.rootdirectory : undefined;
  return typeof root === 'string' ? root : undefined;
}
