import type { Blob, Image } from './image.js';

/** Puts images into a registry that asks for no credentials (distribution-spec end-4b, end-6, end-7). */
export async function push(registry: string, images: Image[]): Promise<void> {
  for (const { repository, tags, blobs, children, manifest } of images) {
    const base = `${registry}/v2/${repository}`;
    for (const blob of blobs) await putBlob(base, blob);
    for (const child of children) await putManifest(base, child.digest, child);
    for (const tag of tags) await putManifest(base, tag, manifest);
  }
}

async function putBlob(base: string, blob: Blob): Promise<void> {
  if ((await fetch(`${base}/blobs/${blob.digest}`, { method: 'HEAD' })).ok) return;
  const started = await fetch(`${base}/blobs/uploads/`, { method: 'POST' });
  const location = new URL(started.headers.get('location') ?? '', base);
  location.searchParams.set('digest', blob.digest);
  const headers = { 'content-type': 'application/octet-stream' };
  await mustBeCreated(await fetch(location, { method: 'PUT', headers, body: Buffer.from(blob.bytes) }));
}

async function putManifest(base: string, reference: string, manifest: Blob): Promise<void> {
  const headers = { 'content-type': manifest.mediaType };
  await mustBeCreated(
    await fetch(`${base}/manifests/${reference}`, { method: 'PUT', headers, body: Buffer.from(manifest.bytes) }),
  );
}

async function mustBeCreated(response: Response): Promise<void> {
  if (response.status !== 201) throw new Error(`PUT ${response.url}: ${response.status} ${await response.text()}`);
}
