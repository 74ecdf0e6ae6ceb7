import { readFile } from 'node:fs/promises';
import { Document, isMap, isSeq, parseDocument, YAMLMap, YAMLSeq } from 'yaml';
import { replaceFile } from '../../files/replace-file.js';
import { type ManagedRegistry, registriesPath } from './registries-file.js';

const head = ` Registries that are managed by the service, or by hand: each run of the site reads this file.
 A host without registries is one whose registries were deleted.`;

/**
 * Writes a registry of a host into `registries.yaml` beside a site, in place of the one of that name, or deletes it there. All
 * else, comments too, stays. The file is replaced at once, or not at all.
 *
 * @param registry undefined: it is deleted, and its host stays in the file
 * @throws Error where the file can't be read or isn't as it should be
 */
export async function writeRegistry(
  folder: string,
  host: string,
  name: string,
  registry: ManagedRegistry | undefined,
): Promise<void> {
  const path = registriesPath(folder);
  const document = parsed(await textOf(path), path);
  const hosts = mapAt(document.get('registries'), path) ?? new YAMLMap();
  document.set('registries', hosts);
  const entries = listAt(hosts.get(host), path) ?? new YAMLSeq();
  hosts.set(host, entries);
  const index = entries.items.findIndex((item) => isMap(item) && item.get('name') === name);
  if (registry === undefined) {
    if (index >= 0) entries.delete(index);
  } else if (index >= 0) entries.set(index, document.createNode(registry));
  else entries.add(document.createNode(registry));
  entries.flow = entries.items.length === 0;
  await replaceFile(path, document.toString({ lineWidth: 0 }));
}

function parsed(text: string, path: string): Document {
  const document: Document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) throw new Error(`${path}: ${error.message}`);
  if (document.contents !== null) {
    if (!isMap(document.contents)) throw new Error(`${path}: is no file of registries`);
    return document;
  }
  const made = new Document(new YAMLMap());
  made.commentBefore = document.commentBefore ?? document.comment ?? head;
  return made;
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}

function mapAt(node: unknown, path: string): YAMLMap | undefined {
  if (node === undefined || node === null) return undefined;
  if (!isMap(node)) throw new Error(`${path}: registries must be a map of hosts`);
  return node;
}

function listAt(node: unknown, path: string): YAMLSeq | undefined {
  if (node === undefined || node === null) return undefined;
  if (!isSeq(node)) throw new Error(`${path}: the registries of a host must be a list`);
  return node;
}
