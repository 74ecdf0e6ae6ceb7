import type { ServiceTag } from '../../../../../src/service-client/service-types.js';
import { usePlace } from '../../../kernel/place.js';
import { imageHref, referenceOf } from '../../../kernel/references.js';
import { Age } from '../../../parts/age.js';
import { Badge } from '../../../parts/badge.js';
import { Bytes } from '../../../parts/bytes.js';
import { CopyButton } from '../../../parts/copy-button.js';
import { ShortDigest } from '../../../parts/digest.js';
import { type Column, DataTable } from '../../../parts/lists/data-table.js';
import { TagPlatforms } from './tag-platforms.js';
import { usualTagSort } from './tag-query.js';

interface TagTableProps {
  readonly registry: string;
  readonly repository: string;
  readonly address: string;
  readonly tags: readonly ServiceTag[];
  readonly mayDelete: boolean;
  readonly selected: ReadonlySet<string>;
  readonly onSelect: (tag: string, isSelected: boolean) => void;
  readonly onCopy: (tag: ServiceTag) => void;
  readonly onDelete: (tag: ServiceTag) => void;
}

/** Shows tags as rows. */
export function TagTable({ registry, repository, address, tags, mayDelete, selected, ...on }: TagTableProps) {
  const { t } = usePlace();
  const select: Column<ServiceTag> = {
    key: 'select',
    title: t('tags.select'),
    cell: ({ name }) => (
      <input
        type="checkbox"
        aria-label={t('tags.select-one', { name })}
        checked={selected.has(name)}
        onChange={({ currentTarget }) => on.onSelect(name, currentTarget.checked)}
      />
    ),
  };
  const columns: Column<ServiceTag>[] = [
    ...(mayDelete ? [select] : []),
    {
      key: 'name',
      title: t('tags.tag'),
      sort: 'name',
      isHead: true,
      cell: ({ name, signed, attachedTo }) => (
        <span class="tag-name">
          <a href={imageHref(registry, repository, name)}>{name}</a>{' '}
          {signed && <Badge tone="good">{t('tags.signed')}</Badge>}
          {attachedTo !== null && <Badge tone="busy">{t('tags.attachment')}</Badge>}
        </span>
      ),
    },
    {
      key: 'pushed',
      title: t('tags.pushed'),
      sort: 'pushed',
      startsDown: true,
      cell: ({ pushedAt, pushedBy }) => (
        <span>
          <Age at={pushedAt} /> {pushedBy !== '' && <small class="hint">{t('tags.by', { name: pushedBy })}</small>}
        </span>
      ),
    },
    {
      key: 'size',
      title: t('tags.size'),
      sort: 'size',
      startsDown: true,
      isNumber: true,
      cell: ({ bytes }) => <Bytes value={bytes} />,
    },
    {
      key: 'platforms',
      title: t('tags.platforms'),
      cell: (tag) => <TagPlatforms tag={tag} registry={registry} repository={repository} />,
    },
    {
      key: 'digest',
      title: t('tags.digest'),
      cell: ({ digest }) => <ShortDigest digest={digest} href={imageHref(registry, repository, digest)} />,
    },
    {
      key: 'pulled',
      title: t('tags.pulled'),
      sort: 'pulled',
      startsDown: true,
      cell: ({ pulledAt }) => <Age at={pulledAt} never={t('tags.never')} />,
    },
    { key: 'siblings', title: t('tags.siblings'), isNumber: true, cell: ({ siblings }) => siblings },
    {
      key: 'actions',
      title: t('tags.actions'),
      cell: (tag) => (
        <span class="row-actions">
          <CopyButton text={referenceOf(address, repository, tag.name)} />
          <button type="button" class="quiet" aria-haspopup="dialog" onClick={() => on.onCopy(tag)}>
            {t('tags.copy-as')}
            <span class="visually-hidden"> {tag.name}</span>
          </button>
          {mayDelete && (
            <button type="button" class="quiet" aria-haspopup="dialog" onClick={() => on.onDelete(tag)}>
              {t('tags.delete')}
              <span class="visually-hidden"> {tag.name}</span>
            </button>
          )}
        </span>
      ),
    },
  ];
  return (
    <DataTable
      caption={t('repository.tags')}
      rows={tags}
      rowKey={({ name }) => name}
      usualSort={usualTagSort}
      columns={columns}
    />
  );
}
