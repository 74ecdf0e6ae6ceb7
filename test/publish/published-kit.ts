import { writeFileSync } from 'node:fs';
import { execa } from 'execa';
import { digestOf, hexOf } from '../../src/registry/digest.js';
import { checkout, type ProvisionResult, provision } from '../kit/provision.js';
import { json, type MadeImage } from '../registry/archives/make-image.js';
import { entriesOf, type MadeEntry, makeTar } from '../registry/archives/make-tar.js';
import { gateway, gatewayEnvironment } from './bucket-kit.js';

/** Makes what docker saves of an image, without manifests. */
export function dockerSave(name: string, { config, tars }: MadeImage): Buffer {
  const files = new Map<string, Buffer>([
    [`${hexOf(digestOf(config))}.json`, config],
    ...tars.map((tar, at): [string, Buffer] => [`${at}/layer.tar`, tar]),
  ]);
  const list = [
    { Config: `${hexOf(digestOf(config))}.json`, RepoTags: [name], Layers: tars.map((_, at) => `${at}/layer.tar`) },
  ];
  return makeTar(entriesOf(files.set('manifest.json', json(list))));
}

/** Writes a tar. @returns its path */
export function writeTar(path: string, entries: readonly MadeEntry[]): string {
  writeFileSync(path, makeTar(entries));
  return path;
}

/** Runs the built `provision publish` against the gateway. */
export function publishTo(words: readonly string[], cwd = checkout): Promise<ProvisionResult> {
  return provision(['publish', ...words, '--endpoint', gateway().endpoint], { cwd, env: gatewayEnvironment() });
}

/** Runs it with `--json`, and returns its report. @throws Error with what it printed instead */
export async function publishReport(words: readonly string[], cwd = checkout) {
  const { stdout, stderr, status } = await publishTo([...words, '--json'], cwd);
  try {
    return JSON.parse(stdout);
  } catch {
    throw new Error(`exit ${status}: ${stdout}\n${stderr}`);
  }
}

/** Runs a program of the system. @returns its standard output */
export async function run(program: string, ...args: string[]): Promise<string> {
  return (await execa(program, args)).stdout;
}
