import type { ServiceSearchHit } from '../../../../src/service-client/service-types.js';
import { usePlace } from '../../kernel/place.js';
import { imageHref, repositoryHref } from '../../kernel/references.js';
import { Age } from '../../parts/age.js';
import { Badge } from '../../parts/badge.js';
import { Bytes } from '../../parts/bytes.js';
import { ShortDigest } from '../../parts/digest.js';
import { DataTable } from '../../parts/lists/data-table.js';

/** Hit; of a repository with the beginning of what is said of it. */
type Hit = ServiceSearchHit & { readonly description?: string };

/** Shows what a search has found, with what it is. */
export function HitTable({ hits }: { readonly hits: readonly Hit[] }) {
  const { t } = usePlace();
  return (
    <DataTable
      caption={t('search.title')}
      rows={hits}
      rowKey={({ kind, registry, repository, tag, digest }) => `${kind} ${registry} ${repository} ${tag} ${digest}`}
      columns={[
        { key: 'kind', title: t('search.kind'), cell: ({ kind }) => <Badge>{t(`search.kind.${kind}`)}</Badge> },
        {
          key: 'name',
          title: t('search.name'),
          isHead: true,
          cell: (hit) => (
            <span>
              <a href={hrefOf(hit)}>{nameOf(hit)}</a>
              {hit.description !== undefined && hit.description !== '' && <small class="hint">{hit.description}</small>}
            </span>
          ),
        },
        { key: 'registry', title: t('repository.registry'), cell: ({ registry }) => registry },
        { key: 'platform', title: t('tags.platform'), cell: ({ platform }) => platform || '–' },
        {
          key: 'digest',
          title: t('tags.digest'),
          cell: ({ digest }) => (digest === null ? '–' : <ShortDigest digest={digest} />),
        },
        {
          key: 'size',
          title: t('tags.size'),
          isNumber: true,
          cell: ({ kind, bytes }) => <Bytes value={kind === 'repository' ? undefined : bytes} />,
        },
        { key: 'pushed', title: t('tags.pushed'), cell: ({ pushedAt }) => <Age at={pushedAt} /> },
      ]}
    />
  );
}

function hrefOf({ registry, repository, tag, digest }: Hit): string {
  const end = tag ?? digest;
  return end === null ? repositoryHref(registry, repository) : imageHref(registry, repository, end);
}

function nameOf({ repository, tag, digest, kind }: Hit): string {
  if (tag !== null) return `${repository}:${tag}`;
  return kind === 'image' && digest !== null ? `${repository}@${digest.slice(0, 19)}…` : repository;
}
