import type { ServiceRepository } from '../../../../src/service-client/service-types.js';
import { usePlace } from '../../kernel/place.js';
import { repositoryHref } from '../../kernel/references.js';
import { Age } from '../../parts/age.js';
import { VisibilityBadge } from '../../parts/images/visibility-badge.js';
import { type Column, DataTable } from '../../parts/lists/data-table.js';

/** Shows repositories as rows. */
export function RepositoryTable({ repositories }: { readonly repositories: readonly ServiceRepository[] }) {
  const { t } = usePlace();
  const columns: Column<ServiceRepository>[] = [
    {
      key: 'name',
      title: t('repository.name'),
      sort: 'name',
      isHead: true,
      cell: ({ registry, name, description }) => (
        <span>
          <a href={repositoryHref(registry, name)}>{name}</a>
          {description !== '' && <small class="hint">{description}</small>}
        </span>
      ),
    },
    {
      key: 'registry',
      title: t('repository.registry'),
      cell: ({ registry }) => <a href={`/repositories?registry=${encodeURIComponent(registry)}`}>{registry}</a>,
    },
    {
      key: 'visibility',
      title: t('repository.visibility'),
      cell: ({ visibility }) => <VisibilityBadge visibility={visibility} />,
    },
    { key: 'tags', title: t('repository.tags'), isNumber: true, cell: ({ tags }) => tags },
    {
      key: 'pushed',
      title: t('repository.pushed'),
      sort: 'pushed',
      startsDown: true,
      cell: ({ pushedAt }) => <Age at={pushedAt} />,
    },
    {
      key: 'pulled',
      title: t('repository.pulled'),
      sort: 'pulled',
      startsDown: true,
      cell: ({ pulledAt }) => <Age at={pulledAt} />,
    },
    {
      key: 'pulls',
      title: t('repository.pulls'),
      sort: 'pulls',
      startsDown: true,
      isNumber: true,
      cell: ({ pullCount }) => pullCount,
    },
    {
      key: 'stars',
      title: t('repository.stars'),
      sort: 'stars',
      isOneWay: true,
      isNumber: true,
      cell: ({ stars }) => stars,
    },
  ];
  return (
    <DataTable
      caption={t('nav.repositories')}
      rows={repositories}
      rowKey={({ registry, name }) => `${registry} ${name}`}
      usualSort="name"
      columns={columns}
    />
  );
}
