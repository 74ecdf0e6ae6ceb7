/** First bytes of a gzip file (RFC 1952, 2.3.1), and of a zstd frame (RFC 8878, 3.1.1). */
export const gzipMagic = Buffer.from([0x1f, 0x8b]);
export const zstdMagic = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
