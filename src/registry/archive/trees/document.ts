import type { z } from 'zod';
import { parseBoundedJson } from '../../bounded-json.js';
import { parseShape } from '../../json-shape.js';
import { RegistryError } from '../../registry-error.js';
import type { FileTree } from './file-tree.js';
import type { ArchiveLimits } from './limits.js';

/** Bytes of documents that were read of an archive: many links to one large document would be read for ever. */
const readOf = new WeakMap<FileTree, number>();

/**
 * Reads a small file of an archive; undefined when there is none.
 * @throws RegistryError `corrupt` when it isn't small
 */
export async function readDocument(tree: FileTree, path: string, limits: ArchiveLimits): Promise<Buffer | undefined> {
  const found = await tree.find(path);
  if (found === undefined) return undefined;
  if (found.size > limits.document)
    throw new RegistryError('corrupt', `${tree.name}: ${path} has ${found.size} bytes, more than a document may have`);
  const sum = (readOf.get(tree) ?? 0) + found.size;
  if (sum > limits.documents)
    throw new RegistryError('corrupt', `${tree.name}: its documents have more than ${limits.documents} bytes in all`);
  readOf.set(tree, sum);
  const chunks: Buffer[] = [];
  for await (const chunk of await tree.stream(path)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/**
 * Reads a small file of an archive as JSON of a shape.
 * @throws RegistryError `corrupt` when it is missing or has another shape
 */
export async function readJsonDocument<T>(
  tree: FileTree,
  path: string,
  shape: z.ZodType<T>,
  limits: ArchiveLimits,
): Promise<T> {
  const bytes = await readDocument(tree, path, limits);
  if (bytes === undefined) throw new RegistryError('corrupt', `${tree.name}: there is no ${path} in it`);
  const parsed = parseShape(shape, parseDocument(bytes, tree, path));
  if ('data' in parsed) return parsed.data;
  throw new RegistryError('corrupt', `${tree.name}: ${path}: ${parsed.wrong}`);
}

/** Parses a file's text as JSON. @throws RegistryError `corrupt` when it isn't */
export function parseDocument(bytes: Buffer, tree: FileTree, path: string): unknown {
  try {
    return parseBoundedJson(bytes.toString('utf8'));
  } catch (error) {
    throw new RegistryError('corrupt', `${tree.name}: ${path} is not JSON (${(error as Error).message})`);
  }
}
