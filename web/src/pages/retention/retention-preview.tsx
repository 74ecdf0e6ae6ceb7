import type { ServiceRetentionPreview } from '../../../../src/service-client/service-types.js';
import { usePlace } from '../../kernel/place.js';
import { imageHref, repositoryHref } from '../../kernel/references.js';
import { Age } from '../../parts/age.js';
import { Bytes } from '../../parts/bytes.js';
import { ShortDigest } from '../../parts/digest.js';
import { DataTable } from '../../parts/lists/data-table.js';

interface RetentionPreviewProps {
  readonly registry: string;
  readonly items: readonly ServiceRetentionPreview[];
  readonly next: string | null;
  readonly onMore: () => void;
  readonly isBusy: boolean;
}

/** Shows by repository which tags go and which stay, and why. */
export function RetentionPreview({ registry, items, next, onMore, isBusy }: RetentionPreviewProps) {
  const { t } = usePlace();
  const sum = (of: (item: ServiceRetentionPreview) => number) => items.reduce((all, item) => all + of(item), 0);
  return (
    <section aria-labelledby="preview">
      <h2 id="preview">{t('retention.preview.title')}</h2>
      <p role="status">
        {t('retention.summary', {
          remove: sum(({ remove, skipped }) => (skipped ? 0 : remove.length)),
          keep: sum(({ keep }) => keep.length),
          repositories: items.length,
        })}{' '}
        <Bytes value={sum(({ bytes, skipped }) => (skipped ? 0 : bytes))} /> {next !== null && t('retention.part')}
      </p>
      {items.map((item) => (
        <OfRepository key={item.repository} registry={registry} item={item} />
      ))}
      {next !== null && (
        <button type="button" disabled={isBusy} onClick={onMore}>
          {t('retention.more')}
        </button>
      )}
    </section>
  );
}

function OfRepository({ registry, item }: { readonly registry: string; readonly item: ServiceRetentionPreview }) {
  const { t } = usePlace();
  const { repository, keep, remove, skipped, bytes } = item;
  return (
    <details open={remove.length > 0 && remove.length + keep.length <= 20}>
      <summary>
        <strong>{repository}</strong> {t('retention.counts', { remove: remove.length, keep: keep.length })}{' '}
        <Bytes value={bytes} />
      </summary>
      <p>
        <a href={repositoryHref(registry, repository)}>{t('retention.to-repository')}</a>
      </p>
      {skipped && <p class="note note-warn">{t('retention.skipped')}</p>}
      <Tags registry={registry} repository={repository} caption={t('retention.goes')} tags={remove} />
      <Tags registry={registry} repository={repository} caption={t('retention.stays')} tags={keep} />
    </details>
  );
}

function Tags({
  registry,
  repository,
  caption,
  tags,
}: {
  readonly registry: string;
  readonly repository: string;
  readonly caption: string;
  readonly tags: ServiceRetentionPreview['keep'];
}) {
  const { t } = usePlace();
  if (tags.length === 0) return null;
  return (
    <>
      <h3>{caption}</h3>
      <DataTable
        caption={`${repository}: ${caption}`}
        rows={tags}
        rowKey={({ tag }) => tag}
        columns={[
          {
            key: 'tag',
            title: t('retention.tag'),
            isHead: true,
            cell: ({ tag }) => <a href={imageHref(registry, repository, tag)}>{tag}</a>,
          },
          { key: 'why', title: t('retention.why'), cell: ({ why }) => why },
          { key: 'created', title: t('retention.created'), cell: ({ createdAt }) => <Age at={createdAt} /> },
          { key: 'digest', title: t('retention.digest'), cell: ({ digest }) => <ShortDigest digest={digest} /> },
        ]}
      />
    </>
  );
}
