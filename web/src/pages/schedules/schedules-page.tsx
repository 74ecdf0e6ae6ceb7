import type { ServiceSchedule } from '../../../../src/service-client/service-types.js';
import type { Items } from '../../kernel/api/items.js';
import { definePage } from '../../kernel/page.js';
import { usePlace } from '../../kernel/place.js';
import { Empty } from '../../parts/empty.js';
import { ScheduleTable } from './schedule-table.js';

/** List of schedules, the next start first. */
export const schedulesPage = definePage<Items<ServiceSchedule>>({
  title: (_, t) => t('nav.schedules'),
  needsAccount: true,
  load: async ({ api }) => await api.get<Items<ServiceSchedule>>('/api/v1/schedules'),
  View: ({ data: { items } }) => {
    const { t } = usePlace();
    const sorted = items.toSorted((a, b) => ((a.nextAt ?? '9') < (b.nextAt ?? '9') ? -1 : 1));
    return (
      <>
        <div class="title-row">
          <h1 tabIndex={-1}>{t('nav.schedules')}</h1>
          <a class="button primary" href="/schedules/new">
            {t('schedules.new')}
          </a>
        </div>
        {items.length === 0 ? (
          <Empty title={t('schedules.none')}>
            <p>{t('schedules.none.text')}</p>
            <a href="/schedules/new?kind=check">{t('schedules.first')}</a>
          </Empty>
        ) : (
          <ScheduleTable schedules={sorted} />
        )}
      </>
    );
  },
});
