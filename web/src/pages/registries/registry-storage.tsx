import type { ServiceStorage } from '../../../../src/service-client/service-types.js';
import { usePlace } from '../../kernel/place.js';
import { repositoryHref } from '../../kernel/references.js';
import { Age } from '../../parts/age.js';
import { Bytes } from '../../parts/bytes.js';
import { DataTable } from '../../parts/lists/data-table.js';

/** Shows the space that a registry's images take, and its largest repositories. */
export function RegistryStorage({ name, storage }: { readonly name: string; readonly storage: ServiceStorage }) {
  const { t } = usePlace();
  const figures = storage.registries.find(({ registry }) => registry === name);
  if (figures === undefined) return null;
  return (
    <section aria-labelledby="storage">
      <h2 id="storage">{t('registry.storage')}</h2>
      <dl class="facts">
        <dt>{t('storage.bytes')}</dt>
        <dd>
          <Bytes value={figures.bytes} />
        </dd>
        <dt>{t('storage.untagged')}</dt>
        <dd>
          <Bytes value={figures.untaggedBytes} />
        </dd>
        <dt>{t('storage.kept')}</dt>
        <dd>
          <Bytes value={figures.keptBytes} />
        </dd>
        <dt>{t('storage.contents')}</dt>
        <dd>
          {t('storage.counts', { repositories: figures.repositories, tags: figures.tags, images: figures.images })}
        </dd>
      </dl>
      {storage.repositories.length > 0 && (
        <DataTable
          caption={t('storage.largest')}
          rows={storage.repositories}
          rowKey={({ repository }) => repository}
          columns={[
            {
              key: 'name',
              title: t('storage.largest'),
              isHead: true,
              cell: ({ registry, repository }) => <a href={repositoryHref(registry, repository)}>{repository}</a>,
            },
            { key: 'bytes', title: t('storage.bytes'), isNumber: true, cell: ({ bytes }) => <Bytes value={bytes} /> },
            {
              key: 'unique',
              title: t('storage.unique'),
              isNumber: true,
              cell: ({ uniqueBytes }) => <Bytes value={uniqueBytes} />,
            },
            {
              key: 'shared',
              title: t('storage.shared'),
              isNumber: true,
              cell: ({ sharedBytes }) => <Bytes value={sharedBytes} />,
            },
            { key: 'tags', title: t('storage.tags'), isNumber: true, cell: ({ tags }) => tags },
          ]}
        />
      )}
      <p class="muted">
        {t('storage.measured')} <Age at={storage.measuredAt} />
      </p>
    </section>
  );
}
