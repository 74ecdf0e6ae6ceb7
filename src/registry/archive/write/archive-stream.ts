import { once } from 'node:events';
import { PassThrough, type Readable } from 'node:stream';
import { collectImages, type ImageToSave } from './collect-images.js';
import { tarWriter } from './layout-writer.js';
import { writeLayout } from './save.js';

/** Streams the archive that `saveOciArchive` would write. It fails where an image, or a part of one, can't be read. */
export function archiveStream(images: readonly ImageToSave[], signal?: AbortSignal): Readable {
  const stream = new PassThrough({ highWaterMark: 1 << 20 });
  const gone = new AbortController();
  stream.once('close', () => gone.abort());
  const writer = tarWriter({
    async write(bytes) {
      if (!stream.write(bytes)) await once(stream, 'drain', { signal: gone.signal });
    },
    async finish() {
      stream.end();
      return [];
    },
    abandon: async () => {},
  });
  const write = async () => {
    await writeLayout(writer, await collectImages(images), { images, path: '', signal });
    await writer.finish();
  };
  write().catch((error: unknown) => stream.destroy(error instanceof Error ? error : new Error(String(error))));
  return stream;
}
