import type { ServiceAuditEvent } from '../../../../src/service-client/service-types.js';
import { apiQuery } from '../../kernel/api/api.js';
import type { Items } from '../../kernel/api/items.js';
import { definePage } from '../../kernel/page.js';
import { usePlace } from '../../kernel/place.js';
import { withQuery } from '../../kernel/with-query.js';
import { Age, shownUtc } from '../../parts/age.js';
import { Badge } from '../../parts/badge.js';
import { Empty } from '../../parts/empty.js';
import { DataTable } from '../../parts/lists/data-table.js';
import { ExportLinks } from '../../parts/lists/export-links.js';
import { Pager } from '../../parts/lists/pager.js';
import { AuditFilters } from './audit-filters.js';
import { EventDetail } from './event-detail.js';

const tones = { done: 'plain', refused: 'warn', failed: 'bad' } as const;

/** Returns the filter of the API for a filter of the page: days (UTC) become times. */
function auditFilter(query: URLSearchParams): Readonly<Record<string, string | null>> {
  const day = (name: string, time: string) => {
    const date = query.get(name) ?? '';
    return /^\d{4}-\d\d-\d\d$/.test(date) ? `${date}T${time}Z` : date;
  };
  const plain = ['actor', 'verb', 'object', 'outcome'].map((name) => [name, query.get(name)?.trim() ?? null] as const);
  return { ...Object.fromEntries(plain), since: day('since', '00:00:00'), until: day('until', '23:59:59') };
}

/** Page of what was done and refused, newest first. */
export const auditPage = definePage<Items<ServiceAuditEvent>>({
  title: (_, t) => t('nav.audit'),
  needsAccount: true,
  load: async ({ api, query }) => {
    const filter = apiQuery({ ...auditFilter(query), after: query.get('after'), limit: 100 });
    return await api.get<Items<ServiceAuditEvent>>(`/api/v1/audit${filter}`);
  },
  View: ({ data: { items, next = null }, query }) => {
    const { t, url } = usePlace();
    const only = (changes: Readonly<Record<string, string>>) => withQuery(url, { ...changes, after: undefined });
    return (
      <>
        <h1 tabIndex={-1}>{t('nav.audit')}</h1>
        <AuditFilters query={query} />
        {items.length === 0 ? (
          <Empty title={t('audit.none')}>
            <p>
              <a href="/audit">{t('audit.all')}</a>
            </p>
          </Empty>
        ) : (
          <DataTable
            caption={t('nav.audit')}
            rows={items}
            rowKey={({ id }) => String(id)}
            columns={[
              {
                key: 'at',
                title: t('audit.at'),
                isHead: true,
                cell: ({ at }) => (
                  <>
                    <Age at={at} /> <small class="muted at-exact">{shownUtc(at)}</small>
                  </>
                ),
              },
              {
                key: 'actor',
                title: t('audit.actor'),
                cell: ({ actor }) =>
                  actor === '' ? <span class="muted">{t('audit.nobody')}</span> : <a href={only({ actor })}>{actor}</a>,
              },
              { key: 'verb', title: t('audit.verb'), cell: ({ verb }) => <a href={only({ verb })}>{verb}</a> },
              {
                key: 'object',
                title: t('audit.object'),
                cell: ({ object }) => (object === '' ? null : <a href={only({ object })}>{object}</a>),
              },
              {
                key: 'outcome',
                title: t('audit.outcome'),
                cell: ({ outcome, reason }) => (
                  <>
                    <Badge tone={tones[outcome]}>{t(`audit.outcome.${outcome}`)}</Badge> {reason}
                  </>
                ),
              },
              { key: 'detail', title: t('audit.detail'), cell: (event) => <EventDetail event={event} /> },
            ]}
          />
        )}
        <Pager next={next} />
        <ExportLinks path={`/api/v1/audit${apiQuery(auditFilter(query))}`} />
      </>
    );
  },
});
