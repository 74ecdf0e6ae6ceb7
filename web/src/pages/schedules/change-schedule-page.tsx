import { useState } from 'preact/hooks';
import type { ServiceRegistry, ServiceSchedule } from '../../../../src/service-client/service-types.js';
import { apiPath } from '../../kernel/api/api.js';
import type { Items } from '../../kernel/api/items.js';
import { definePage } from '../../kernel/page.js';
import { usePlace } from '../../kernel/place.js';
import { Confirm } from '../../parts/forms/confirm.js';
import { useAction } from '../../parts/forms/use-action.js';
import { ScheduleForm } from './schedule-form.js';
import { scheduleBody, scheduleValues } from './schedule-values.js';

interface ChangeScheduleData {
  readonly registries: readonly ServiceRegistry[];
  readonly schedule: ServiceSchedule;
  readonly etag: string;
}

/** Page that changes or deletes a schedule. */
export const changeSchedulePage = definePage<ChangeScheduleData>({
  title: ({ schedule }) => schedule.name,
  needsAccount: true,
  load: async ({ api, params: { id = '' } }) => {
    const [{ value, etag }, registries] = await Promise.all([
      api.sendForTag<ServiceSchedule>('GET', apiPath`/api/v1/schedules/${id}`),
      api.find<Items<ServiceRegistry>>('/api/v1/registries'),
    ]);
    return { registries: registries?.items ?? [], schedule: value, etag };
  },
  View: ({ data: { schedule, etag, registries } }) => {
    const { t, api, go } = usePlace();
    const path = apiPath`/api/v1/schedules/${schedule.id}`;
    return (
      <div class="form-page">
        <p class="crumbs">
          <a href="/schedules">{t('nav.schedules')}</a>
        </p>
        <h1 tabIndex={-1}>{schedule.name}</h1>
        <ScheduleForm
          first={scheduleValues(schedule)}
          registries={registries}
          isNamed
          send={async (values) => {
            const { name: _, ...changes } = scheduleBody(values, t);
            await api.send('PATCH', path, changes, { 'If-Match': etag });
            go('/schedules');
          }}
        />
        <DeleteSchedule path={path} name={schedule.name} />
      </div>
    );
  },
});

function DeleteSchedule({ path, name }: { readonly path: string; readonly name: string }) {
  const { t, api, go } = usePlace();
  const [isAsking, setAsking] = useState(false);
  const remove = useAction(async () => {
    await api.send('DELETE', path);
    go('/schedules');
  });
  return (
    <>
      <p class="actions">
        <button type="button" class="danger" onClick={() => setAsking(true)}>
          {t('schedule.delete')}
        </button>
      </p>
      <Confirm
        title={t('schedule.delete')}
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        action={remove}
        confirm={t('schedule.delete')}
        isDangerous
      >
        <p>{t('schedule.delete.text', { name })}</p>
      </Confirm>
    </>
  );
}
