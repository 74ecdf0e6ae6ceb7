import type { BlobToSave } from './collect-images.js';

/** A blob's content, to be written in its turn. */
export type BlobContent = BlobToSave & { content(): AsyncIterable<Buffer> };

/** Blobs up to this size, in bytes, are fetched before their turn, so many at a time. */
const small = 1024 * 1024;
const ahead = 8;

/** Blobs in the order given. Small ones come while those before them are written; large ones are streamed. */
export function* fetchAhead(blobs: readonly BlobToSave[]): Generator<BlobContent> {
  const fetched = new Map<number, Promise<Buffer>>();
  for (const [index, blob] of blobs.entries()) {
    for (const [offset, next] of blobs.slice(index, index + ahead).entries()) {
      if (next.descriptor.size > small || fetched.has(index + offset)) continue;
      const whole = readWhole(next);
      whole.catch(() => undefined); // Told when its turn comes.
      fetched.set(index + offset, whole);
    }
    const whole = fetched.get(index);
    yield { ...blob, content: () => (whole === undefined ? streamBlob(blob) : yieldOnce(whole)) };
    fetched.delete(index);
  }
}

async function* streamBlob({ source, repository, descriptor }: BlobToSave): AsyncGenerator<Buffer> {
  yield* await source.blob(repository, descriptor);
}

async function* yieldOnce(whole: Promise<Buffer>) {
  yield await whole;
}

async function readWhole(blob: BlobToSave): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of streamBlob(blob)) chunks.push(chunk);
  return Buffer.concat(chunks);
}
