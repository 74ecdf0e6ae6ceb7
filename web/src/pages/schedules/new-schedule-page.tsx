import type { ServiceRegistry, ServiceSchedule } from '../../../../src/service-client/service-types.js';
import type { Items } from '../../kernel/api/items.js';
import { definePage } from '../../kernel/page.js';
import { usePlace } from '../../kernel/place.js';
import { retentionOf } from '../retention/retention-values.js';
import { ScheduleForm } from './schedule-form.js';
import { scheduleBody, scheduleValues } from './schedule-values.js';

/** Page that makes a schedule; its address may have the job, as the page of retention gives it. */
export const newSchedulePage = definePage<{ readonly registries: readonly ServiceRegistry[] }>({
  title: (_, t) => t('schedules.new'),
  needsAccount: true,
  load: async ({ api }) => ({
    registries: (await api.find<Items<ServiceRegistry>>('/api/v1/registries'))?.items ?? [],
  }),
  View: ({ data, query }) => {
    const { t, api, go } = usePlace();
    const first = scheduleValues({
      name: query.get('name') ?? '',
      job: {
        kind: query.get('kind'),
        registry: query.get('registry'),
        limit: query.get('limit') ?? undefined,
        retention: retentionOf(query),
      },
    });
    return (
      <div class="form-page">
        <p class="crumbs">
          <a href="/schedules">{t('nav.schedules')}</a>
        </p>
        <h1 tabIndex={-1}>{t('schedules.new')}</h1>
        <ScheduleForm
          first={first}
          registries={data.registries}
          isNamed={false}
          send={async (values) => {
            await api.send<ServiceSchedule>('POST', '/api/v1/schedules', scheduleBody(values, t));
            go('/schedules');
          }}
        />
      </div>
    );
  },
});
