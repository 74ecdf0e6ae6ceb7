import type { ServiceImage } from '../../../../src/service-client/service-types.js';
import { usePlace } from '../../kernel/place.js';
import { imageHref } from '../../kernel/references.js';
import { Age } from '../../parts/age.js';
import { Bytes } from '../../parts/bytes.js';
import { ShortDigest } from '../../parts/digest.js';
import { DataTable } from '../../parts/lists/data-table.js';
import type { ImagePlace } from './image-data.js';

interface PlatformsProps {
  readonly place: ImagePlace;
  readonly image: ServiceImage;
}

/** Shows the images of an index; nothing for what is none. */
export function Platforms({ place: { registry, repository }, image: { kind, platforms } }: PlatformsProps) {
  const { t } = usePlace();
  if (kind !== 'index') return null;
  return (
    <>
      <h2>{t('tags.platforms')}</h2>
      <DataTable
        caption={t('tags.platforms')}
        rows={platforms}
        rowKey={({ digest }) => digest}
        columns={[
          {
            key: 'platform',
            title: t('tags.platform'),
            isHead: true,
            cell: ({ platform, digest }) => (
              <a href={imageHref(registry, repository, digest)}>{platform || t('tags.unknown-platform')}</a>
            ),
          },
          { key: 'size', title: t('tags.size'), isNumber: true, cell: ({ bytes }) => <Bytes value={bytes} /> },
          { key: 'created', title: t('image.created'), cell: ({ createdAt }) => <Age at={createdAt} /> },
          { key: 'digest', title: t('tags.digest'), cell: ({ digest }) => <ShortDigest digest={digest} /> },
          {
            key: 'attestations',
            title: t('image.attestations'),
            cell: ({ attestations }) =>
              attestations.length === 0
                ? '–'
                : attestations.map((each) => (
                    <ShortDigest key={each} digest={each} href={imageHref(registry, repository, each)} />
                  )),
          },
        ]}
      />
    </>
  );
}
