import type { ServiceGroup } from '../../../../../src/service-client/service-types.js';
import { apiQuery } from '../../../kernel/api/api.js';
import type { Items } from '../../../kernel/api/items.js';
import { definePage } from '../../../kernel/page.js';
import { usePlace } from '../../../kernel/place.js';
import { Age } from '../../../parts/age.js';
import { Badge } from '../../../parts/badge.js';
import { Empty } from '../../../parts/empty.js';
import { TextField } from '../../../parts/fields/text-field.js';
import { useForm } from '../../../parts/forms/use-form.js';
import { DataTable } from '../../../parts/lists/data-table.js';
import { Pager } from '../../../parts/lists/pager.js';
import { ProblemNote } from '../../../parts/problem-note.js';
import { AccessTabs } from '../access-tabs.js';

/** Page of all groups, for administrators. */
export const groupsPage = definePage<Items<ServiceGroup>>({
  title: (_, t) => t('access.groups'),
  needsAccount: true,
  load: async ({ api, query }) =>
    await api.get<Items<ServiceGroup>>(`/api/v1/groups${apiQuery({ after: query.get('after'), limit: 100 })}`),
  View: ({ data }) => {
    const { t } = usePlace();
    return (
      <>
        <h1 tabIndex={-1}>{t('access.groups')}</h1>
        <AccessTabs />
        {data.items.length === 0 ? (
          <Empty title={t('access.no-groups')}>
            <p>{t('access.groups.text')}</p>
          </Empty>
        ) : (
          <DataTable
            caption={t('access.groups')}
            rows={data.items}
            rowKey={({ name }) => name}
            columns={[
              {
                key: 'name',
                title: t('settings.name'),
                isHead: true,
                cell: ({ name }) => <a href={`/access/groups/${encodeURIComponent(name)}`}>{name}</a>,
              },
              { key: 'description', title: t('settings.description'), cell: ({ description }) => description },
              {
                key: 'source',
                title: t('access.source'),
                cell: ({ source }) => (
                  <Badge tone={source === 'local' ? 'plain' : 'busy'}>{t(`access.source.${source}`)}</Badge>
                ),
              },
              { key: 'made', title: t('settings.made'), cell: ({ createdAt }) => <Age at={createdAt} /> },
            ]}
          />
        )}
        <Pager next={data.next ?? null} />
        <NewGroupForm />
      </>
    );
  },
});

function NewGroupForm() {
  const { t, api, go } = usePlace();
  const form = useForm({ name: '', description: '' }, async (values) => {
    const { name } = await api.send<ServiceGroup>('POST', '/api/v1/groups', { ...values, name: values.name.trim() });
    go(`/access/groups/${encodeURIComponent(name)}`);
  });
  return (
    <form method="post" class="panel" onSubmit={form.onSubmit} aria-label={t('access.new-group')}>
      <h2>{t('access.new-group')}</h2>
      <TextField
        {...form.text('name')}
        label={t('settings.name')}
        hint={t('settings.name.hint')}
        required
        autocomplete="off"
        autocapitalize="none"
      />
      <TextField {...form.text('description')} label={t('settings.description')} maxLength={500} autocomplete="off" />
      <ProblemNote problem={form.problem} />
      <p class="actions">
        <button type="submit" class="primary" disabled={form.isBusy}>
          {t('access.make-group')}
        </button>
      </p>
    </form>
  );
}
