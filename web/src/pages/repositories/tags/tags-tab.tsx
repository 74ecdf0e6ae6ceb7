import { useState } from 'preact/hooks';
import type { ServiceTag, SizedServiceRepository } from '../../../../../src/service-client/service-types.js';
import { usePlace } from '../../../kernel/place.js';
import { CopyReference } from '../../../parts/images/copy-reference.js';
import { ExportLinks } from '../../../parts/lists/export-links.js';
import { MoreRows } from '../../../parts/lists/more-rows.js';
import { useMoreRows } from '../../../parts/lists/use-more-rows.js';
import { BulkRemoval } from '../removal/bulk-removal.js';
import { DeleteTag } from '../removal/delete-tag.js';
import { type Removed, UndoNote } from '../removal/undo-note.js';
import type { TagPage } from '../repository-data.js';
import { NoTags } from './no-tags.js';
import { TagFilters } from './tag-filters.js';
import { isFilteredTags, tagsPath } from './tag-query.js';
import { TagTable } from './tag-table.js';

interface TagsTabProps {
  readonly repository: SizedServiceRepository;
  readonly page: TagPage;
  readonly query: URLSearchParams;
}

/** Shows the tags of a repository, and what may be done with them. */
export function TagsTab({ repository: { registry, address, name, actions }, page, query }: TagsTabProps) {
  const { t, reload } = usePlace();
  const list = useMoreRows(page, (after) => tagsPath(registry, name, query, after));
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [copied, setCopied] = useState<ServiceTag>();
  const [deleted, setDeleted] = useState<ServiceTag>();
  const [undo, setUndo] = useState<Removed>();
  const mayDelete = actions.includes('delete');
  const select = (tag: string, isSelected: boolean) => {
    const next = new Set(selected);
    if (isSelected) next.add(tag);
    else next.delete(tag);
    setSelected(next);
  };
  const platforms = [...new Set(page.items.flatMap((tag) => tag.platforms.map(({ platform }) => platform)))].filter(
    Boolean,
  );
  const isFiltered = isFilteredTags(query);
  return (
    <>
      <UndoNote registry={registry} repository={name} removed={undo} onDone={() => setUndo(undefined)} />
      {(list.items.length > 0 || isFiltered || query.has('attached')) && (
        <TagFilters query={query} platforms={platforms.sort()} />
      )}
      {list.items.length === 0 ? (
        <NoTags address={address} repository={name} isFiltered={isFiltered} />
      ) : (
        <>
          {mayDelete && (
            <BulkRemoval
              registry={registry}
              repository={name}
              selected={selected}
              onDone={() => setSelected(new Set())}
            />
          )}
          <p class="muted">{t('tags.compressed')}</p>
          <TagTable
            registry={registry}
            repository={name}
            address={address}
            tags={list.items}
            mayDelete={mayDelete}
            selected={selected}
            onSelect={select}
            onCopy={setCopied}
            onDelete={setDeleted}
          />
          <MoreRows list={list} count={page.count} />
          <ExportLinks path={tagsPath(registry, name, query, null)} />
        </>
      )}
      <CopyReference
        image={copied && { address, repository: name, tag: copied.name, digest: copied.digest }}
        onClose={() => setCopied(undefined)}
      />
      <DeleteTag
        registry={registry}
        repository={name}
        tag={deleted}
        onClose={() => setDeleted(undefined)}
        onDone={async (removed) => {
          await reload();
          setUndo(removed);
        }}
      />
    </>
  );
}
