import type { ServiceRepository } from '../../../../src/service-client/service-types.js';
import { usePlace } from '../../kernel/place.js';
import { repositoryHref } from '../../kernel/references.js';
import { Age } from '../../parts/age.js';
import { DataTable } from '../../parts/lists/data-table.js';

/** Shows the repositories to which somebody pushed last. */
export function Newest({ repositories }: { readonly repositories: readonly ServiceRepository[] }) {
  const { t } = usePlace();
  return (
    <section>
      <h2>{t('overview.newest')}</h2>
      <DataTable
        caption={t('overview.newest')}
        rows={repositories}
        rowKey={({ registry, name }) => `${registry} ${name}`}
        columns={[
          {
            key: 'name',
            title: t('repository.name'),
            isHead: true,
            cell: ({ registry, name }) => <a href={repositoryHref(registry, name)}>{name}</a>,
          },
          { key: 'registry', title: t('repository.registry'), cell: ({ registry }) => registry },
          { key: 'pushed', title: t('repository.pushed'), cell: ({ pushedAt }) => <Age at={pushedAt} /> },
          { key: 'pulled', title: t('repository.pulled'), cell: ({ pulledAt }) => <Age at={pulledAt} /> },
          { key: 'pulls', title: t('repository.pulls'), isNumber: true, cell: ({ pullCount }) => pullCount },
        ]}
      />
      <p>
        <a href="/repositories">{t('overview.all-repositories')}</a>
      </p>
    </section>
  );
}
