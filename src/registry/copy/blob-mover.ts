import type { Registry, UploadLocation } from '../client/registry.js';
import { skipBytes } from '../client/skip-bytes.js';
import type { BlobName, ImageSource } from '../source.js';
import type { Spool } from './spool.js';

/** Source and repository of a blob. */
export interface BlobOrigin {
  readonly source: ImageSource;
  readonly repository: string;
}

/** Mover of blobs from their sources to the repositories of a target. */
export interface BlobMover {
  /** @param session an upload that the target has begun already @throws RegistryError */
  move(blob: BlobName, from: BlobOrigin, target: Registry, repository: string, session?: UploadLocation): Promise<void>;
}

/**
 * Moves blobs through this process: streamed and hashed, never held whole. With a spool, each blob is fetched once and
 * kept on disk until all targets have it, so that a slow one delays no other.
 */
export function directMover(spool: Spool | undefined, chunkSize: number | undefined): BlobMover {
  return {
    move(blob, { source, repository: from }, target, repository, session) {
      const fetch = () => source.blob(from, blob);
      const content = async (start: number) => {
        if (spool !== undefined) return spool.read(blob, fetch, start);
        if (start === 0) return fetch();
        if (source.blobPart !== undefined) return source.blobPart(from, blob.digest, start);
        return skipBytes(await fetch(), start);
      };
      return target.putBlob(repository, blob, content, { session, chunkSize });
    },
  };
}
