import type { ArchiveSource } from '../../../src/registry/archive/archive-source.js';
import { readManifest } from '../../../src/registry/manifest.js';
import { RegistryError } from '../../../src/registry/registry-error.js';
import type { BlobName, ImageSource } from '../../../src/registry/source.js';

/** A blob's bytes. */
export async function readBlob(source: ImageSource, blob: BlobName, repository = ''): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of await source.blob(repository, blob)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** What an archive has, each blob read and so checked: `name → digest (bytes of blobs)`, and platforms of indexes below. */
export async function readAll(source: ArchiveSource): Promise<string[]> {
  const lines: string[] = [];
  for (const { repository = '', tag, digest, name } of source.images()) {
    const found = await source.head(repository, tag ?? digest);
    if (found?.digest !== digest) throw new Error(`${name} is not found under its name`);
    lines.push(`${repository}:${tag ?? ''} ${await readTree(source, digest)}`);
  }
  return lines;
}

async function readTree(source: ImageSource, reference: string): Promise<string> {
  const raw = await source.manifest('', reference);
  if (raw === undefined) throw new Error(`${reference} is not in ${source.name}`);
  const manifest = readManifest(raw, source.name);
  const inner: string[] = [];
  if (manifest.kind === 'index')
    for (const { digest } of manifest.manifests) inner.push(await readTree(source, digest));
  else for (const blob of [manifest.config, ...manifest.layers]) inner.push(`${(await readBlob(source, blob)).length}`);
  return `${raw.digest} (${inner.join(', ')})`;
}

/** Error and hint of what must fail, as people read it, without the folder's name. */
export async function refusal(attempt: Promise<unknown>, folder: string): Promise<string> {
  try {
    await attempt;
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    const hint = error.hint === undefined ? '' : ` | ${error.hint}`;
    return `${error.kind}: ${error.message}${hint}`.replaceAll(`${folder}/`, '');
  }
  throw new Error('it was not refused');
}
