import { Readable } from 'node:stream';
import { RegistryError } from '../../../registry-error.js';
import type { FileTree } from '../file-tree.js';
import type { ArchiveLimits } from '../limits.js';
import { indexTar } from './tar-index.js';
import { firstPass, TarPasses, type TarProducer } from './tar-passes.js';
import { treeOfEntries } from './tar-tree.js';

/**
 * Opens a tar that a program prints, and prints again, as if it were a folder. Nothing of it is put on disk: small files
 * are kept in memory, and layers packed as they go by; large ones are read in further passes, of which one serves all
 * readers that wait.
 * @throws RegistryError as `indexTar`
 */
export async function producedTree(producer: TarProducer, name: string, limits: ArchiveLimits): Promise<FileTree> {
  const first = firstPass(producer);
  try {
    const entries = await indexTar(first, name, limits);
    await first.drain();
    const passes = new TarPasses(producer, name);
    const tree = treeOfEntries(entries, name, {
      stream({ offset, size, parts }, from, label) {
        if (parts !== undefined)
          throw new RegistryError('unsupported', `${label}: it is a sparse file, which is read of archives only`);
        const kept = first.kept.get(offset) ?? Buffer.alloc(0);
        if (kept.length >= size) return Readable.from([kept.subarray(from, size)], { objectMode: false });
        if (from >= kept.length) return passes.stream(offset + from, size - from);
        return joined(kept.subarray(from), passes.stream(offset + kept.length, size - kept.length));
      },
      async close() {
        passes.close();
      },
    });
    return {
      ...tree,
      packedLayer(path) {
        const entry = entries.get(path);
        return entry?.kind === 'file' ? first.packed.get(entry.offset) : undefined;
      },
    };
  } finally {
    await first.close();
  }
}

/** Joins bytes that are here and a stream, which is begun only when the reader goes on. */
function joined(head: Buffer, rest: Readable): Readable {
  let isBegun = false;
  const joint = new Readable({
    read() {
      if (isBegun) return void rest.resume();
      isBegun = true;
      rest.on('data', (chunk: Buffer) => {
        if (!joint.push(chunk)) rest.pause();
      });
      rest.once('end', () => void joint.push(null));
      rest.once('error', (error) => joint.destroy(error));
      rest.pause();
      joint.push(head);
    },
    destroy(error, done) {
      rest.destroy();
      done(error);
    },
  });
  return joint;
}
