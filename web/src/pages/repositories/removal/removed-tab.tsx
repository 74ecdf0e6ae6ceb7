import type {
  RestoredServiceImage,
  RestoredServiceTag,
  ServiceRestorable,
} from '../../../../../src/service-client/service-types.js';
import { imageApi, repositoryApi, tagApi } from '../../../kernel/api/api-paths.js';
import type { Items } from '../../../kernel/api/items.js';
import { usePlace } from '../../../kernel/place.js';
import { Age } from '../../../parts/age.js';
import { Bytes } from '../../../parts/bytes.js';
import { ShortDigest } from '../../../parts/digest.js';
import { Empty } from '../../../parts/empty.js';
import { focusLater } from '../../../parts/focus-later.js';
import { useAction } from '../../../parts/forms/use-action.js';
import { DataTable } from '../../../parts/lists/data-table.js';
import { MoreRows } from '../../../parts/lists/more-rows.js';
import { useMoreRows } from '../../../parts/lists/use-more-rows.js';
import { ProblemNote } from '../../../parts/problem-note.js';

interface RemovedTabProps {
  readonly registry: string;
  readonly repository: string;
  readonly page: Items<ServiceRestorable>;
  readonly mayRestore: boolean;
}

/** Shows what was deleted and can be brought back. */
export function RemovedTab({ registry, repository, page, mayRestore }: RemovedTabProps) {
  const { t, api, reload, say } = usePlace();
  const list = useMoreRows(page, (after) => removedPath(registry, repository, after));
  const restore = useAction(async ({ tag, digest }: ServiceRestorable) => {
    if (tag === null) await api.send<RestoredServiceImage>('POST', imageApi(registry, repository, digest, '/restore'));
    else await api.send<RestoredServiceTag>('POST', tagApi(registry, repository, tag, '/restore'), { digest });
    await reload();
    say(t('undo.done', { tag: tag ?? digest }));
    focusLater();
  });
  if (list.items.length === 0) {
    return (
      <Empty title={t('removed.none')}>
        <p>{t('removed.none.text')}</p>
      </Empty>
    );
  }
  return (
    <>
      <p class="muted">{t('removed.text')}</p>
      <ProblemNote problem={restore.problem} />
      <DataTable
        caption={t('repository.tab.removed')}
        rows={list.items}
        rowKey={({ id, tag }) => `${id} ${tag}`}
        columns={[
          { key: 'tag', title: t('tags.tag'), isHead: true, cell: ({ tag }) => tag ?? t('removed.no-tag') },
          { key: 'digest', title: t('tags.digest'), cell: ({ digest }) => <ShortDigest digest={digest} /> },
          { key: 'size', title: t('tags.size'), isNumber: true, cell: ({ bytes }) => <Bytes value={bytes} /> },
          { key: 'by', title: t('removed.by'), cell: ({ by }) => by },
          { key: 'at', title: t('removed.at'), cell: ({ at }) => <Age at={at} /> },
          { key: 'until', title: t('removed.until'), cell: ({ until }) => <Age at={until} /> },
          ...(mayRestore
            ? [
                {
                  key: 'actions',
                  title: t('tags.actions'),
                  cell: (row: ServiceRestorable) => (
                    <button type="button" disabled={restore.isBusy} onClick={() => void restore.run(row)}>
                      {t('undo.restore')}
                      <span class="visually-hidden"> {row.tag ?? row.digest}</span>
                    </button>
                  ),
                },
              ]
            : []),
        ]}
      />
      <MoreRows list={list} />
    </>
  );
}

/** Returns the path of what can be brought back. */
export function removedPath(registry: string, repository: string, after: string | null): string {
  return repositoryApi(
    registry,
    repository,
    `/removed?limit=100${after === null ? '' : `&after=${encodeURIComponent(after)}`}`,
  );
}
