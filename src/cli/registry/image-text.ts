import { shortened } from '../../diagnostics/printable.js';
import type { ImageDetails } from '../../registry/admin/inspect-image.js';
import { count } from '../../text/count.js';
import { formatBytes } from '../../text/format-bytes.js';
import { columns, longestCell } from '../terminal/columns.js';

/** Returns tag, digest, size, date and platforms of an image, for a row of a listing. */
export function imageRow({ reference, digest, size, created, platforms }: ImageDetails): string[] {
  const names = platforms.map(({ platform }) => platform ?? 'unknown');
  return [
    reference,
    digest.slice(0, 'sha256:'.length + 12),
    formatBytes(size),
    created?.slice(0, 10) ?? '-',
    names.join(','),
  ];
}

/** Describes an image for people, in lines. */
export function imageLines(host: string, image: ImageDetails): string[] {
  const { repository, reference, digest, mediaType, artifactType, size, created, annotations } = image;
  const pairs: [string, string | undefined][] = [
    ['image', `${host}/${repository}${reference === digest ? '' : `:${reference}`}`],
    ['digest', digest],
    ['type', shortened(artifactType === undefined ? mediaType : `${mediaType} (${artifactType})`, longestCell)],
    ['size', formatBytes(size)],
    ['created', created],
    ['attestations', image.attestations === 0 ? undefined : String(image.attestations)],
  ];
  const rows = image.platforms.map(({ platform = 'unknown', digest, size, layers, created }) => [
    `  ${platform}`,
    digest,
    formatBytes(size),
    count(layers, 'layer'),
    created?.slice(0, 10) ?? '-',
  ]);
  return [
    ...columns(pairs.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))),
    ...(rows.length === 0 ? [] : ['platforms', ...columns(rows)]),
    ...Object.entries(annotations).flatMap(([name, value], at) => [
      ...(at === 0 ? ['annotations'] : []),
      `  ${shortened(name, longestCell)}: ${shortened(value, longestCell)}`,
    ]),
  ];
}
