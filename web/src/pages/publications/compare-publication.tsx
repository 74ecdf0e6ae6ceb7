import { useState } from 'preact/hooks';
import type { ServiceComparison, ServicePublication } from '../../../../src/service-client/service-types.js';
import { apiPath } from '../../kernel/api/api.js';
import { usePlace } from '../../kernel/place.js';
import { Bytes } from '../../parts/bytes.js';
import { useAction } from '../../parts/forms/use-action.js';
import { DataTable } from '../../parts/lists/data-table.js';
import { ProblemNote } from '../../parts/problem-note.js';
import { PublicationState } from './publication-state.js';

const kinds = ['missing', 'different', 'unnamed', 'left', 'besides'] as const;

/** Compares source, store and redirect file when the reader asks, and shows what differs. */
export function ComparePublication({ publication: { vendor, app } }: { readonly publication: ServicePublication }) {
  const { t, api } = usePlace();
  const [found, setFound] = useState<ServiceComparison>();
  const compare = useAction(async () => {
    setFound(await api.get<ServiceComparison>(apiPath`/api/v1/publications/${vendor}/${app}/comparison`));
  });
  return (
    <section aria-labelledby="comparison">
      <h2 id="comparison">{t('publication.compared')}</h2>
      <p class="actions">
        <button type="button" disabled={compare.isBusy} onClick={() => void compare.run()}>
          {t('publication.compare')}
        </button>
        <span class="muted">{t('publication.compare.hint')}</span>
      </p>
      <ProblemNote problem={compare.problem} />
      <div role="status">{found !== undefined && <Comparison found={found} />}</div>
    </section>
  );
}

function Comparison({ found }: { readonly found: ServiceComparison }) {
  const { t } = usePlace();
  const { state, published, dangling, hasRedirectFile, front, sourceProblem } = found;
  const rows = [
    { key: 'published', title: t('publication.published.objects'), ...published, keys: [] },
    ...kinds
      .filter((kind) => found[kind].objects > 0)
      .map((kind) => ({ key: kind, title: t(`publication.${kind}`), ...found[kind] })),
    ...(dangling.length === 0
      ? []
      : [{ key: 'dangling', title: t('publication.dangling'), objects: dangling.length, bytes: null, keys: dangling }]),
  ];
  return (
    <>
      <p>
        <PublicationState state={state} /> {state === 'published' && t('publication.same')}
      </p>
      {sourceProblem !== null && <p class="note">{t('publication.source-problem', { why: sourceProblem })}</p>}
      {!hasRedirectFile && <p class="note">{t('publication.no-redirect')}</p>}
      {front !== null && (
        <p>
          {t('publication.front')} <code>{front.url}</code>: {front.problem ?? t('publication.front.answers')}
        </p>
      )}
      <DataTable
        caption={t('publication.objects')}
        rows={rows}
        rowKey={({ key }) => key}
        columns={[
          {
            key: 'what',
            title: t('publication.what'),
            isHead: true,
            cell: ({ title, keys }) =>
              keys.length === 0 ? (
                title
              ) : (
                <details>
                  <summary>{title}</summary>
                  <ul class="plain">
                    {keys.map((each) => (
                      <li key={each}>
                        <code>{each}</code>
                      </li>
                    ))}
                  </ul>
                </details>
              ),
          },
          { key: 'objects', title: t('publication.objects'), isNumber: true, cell: ({ objects }) => objects },
          { key: 'size', title: t('publication.size'), isNumber: true, cell: ({ bytes }) => <Bytes value={bytes} /> },
        ]}
      />
    </>
  );
}
