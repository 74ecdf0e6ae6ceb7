/** Limits of an archive; one beyond them is refused. */
export interface ArchiveLimits {
  /** Entries of a tar. Default 100,000. */
  readonly entries: number;
  /** Images, each name of one counted. Default 10,000: the largest that are known, those of a whole cloud, have some hundreds. */
  readonly images: number;
  /** Bytes that a gzip-compressed archive may unpack to (in a temporary file). Default 16 GiB. */
  readonly unpacked: number;
  /** Times its size that something compressed may unpack to, once it is past `harmless`. Default 200. */
  readonly expansion: number;
  /** Bytes that anything may unpack to, however small it is. Default 64 MiB. */
  readonly harmless: number;
  /** Bytes of a manifest or another document in an archive. Default 4 MiB, what registries take. */
  readonly document: number;
  /** Bytes of all documents that are read, those read again counted again. Default 1 GiB. */
  readonly documents: number;
}

export const defaultArchiveLimits: ArchiveLimits = {
  entries: 100_000,
  images: 10_000,
  unpacked: 16 * 1024 ** 3,
  expansion: 200,
  harmless: 64 * 1024 ** 2,
  document: 4 * 1024 ** 2,
  documents: 1024 ** 3,
};

/** Returns true where so much comes out of so little that it was made to fill disks. */
export function isBomb(compressed: number, unpacked: number, limits: ArchiveLimits): boolean {
  return unpacked > limits.harmless && unpacked > compressed * limits.expansion;
}
