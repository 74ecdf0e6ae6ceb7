import type { ServiceHost } from '../../../../src/service-client/service-types.js';
import type { Items } from '../../kernel/api/items.js';
import { definePage } from '../../kernel/page.js';
import { usePlace } from '../../kernel/place.js';
import { Empty } from '../../parts/empty.js';
import { HostFilters } from './host-filters.js';
import { HostTable } from './host-table.js';

/** List of hosts: those that differ first. Undefined: the service has no site. */
export const hostsPage = definePage<{ readonly hosts: readonly ServiceHost[] | null }>({
  title: (_, t) => t('nav.hosts'),
  needsAccount: true,
  load: async ({ api }) => ({ hosts: (await api.find<Items<ServiceHost>>('/api/v1/hosts'))?.items ?? null }),
  View: ({ data: { hosts }, query }) => {
    const { t } = usePlace();
    const all = hosts ?? [];
    const [name, group, state] = ['name', 'group', 'state'].map((each) => query.get(each) ?? '');
    const shown = all
      .filter((host) => host.name.includes(name ?? ''))
      .filter((host) => !group || host.groups.includes(group))
      .filter((host) => !state || host.drift.state === state)
      .toSorted((a, b) => place(a) - place(b) || (a.name < b.name ? -1 : 1));
    return (
      <>
        <div class="title-row">
          <h1 tabIndex={-1}>{t('nav.hosts')}</h1>
          {all.length > 0 && (
            <a class="button" href="/jobs/new?kind=check">
              {t('hosts.check-all')}
            </a>
          )}
        </div>
        {all.length === 0 ? (
          <Empty title={t(hosts === null ? 'hosts.no-site' : 'hosts.none')}>
            <p>{t(hosts === null ? 'hosts.no-site.text' : 'hosts.none.text')}</p>
            {hosts === null && <code>provision serve --site site.yaml -i inventory.yaml</code>}
          </Empty>
        ) : (
          <>
            <HostFilters query={query} groups={[...new Set(all.flatMap(({ groups }) => groups))].toSorted()} />
            {shown.length === 0 ? (
              <Empty title={t('hosts.none-found')}>
                <a href="/hosts">{t('hosts.all')}</a>
              </Empty>
            ) : (
              <HostTable hosts={shown} />
            )}
          </>
        )}
      </>
    );
  },
});

/** Returns the place of a host: those that need a look are first. */
function place({ drift: { state, reason } }: ServiceHost): number {
  if (state === 'differs') return 0;
  if (state === 'unknown') return reason === 'never' ? 2 : 1;
  return 3;
}
