import type { ServiceGroup } from '../../../../../src/service-client/service-types.js';
import { apiPath } from '../../../kernel/api/api.js';
import { definePage } from '../../../kernel/page.js';
import { usePlace } from '../../../kernel/place.js';
import { Badge } from '../../../parts/badge.js';
import { TextField } from '../../../parts/fields/text-field.js';
import { ConfirmButton } from '../../../parts/forms/confirm-button.js';
import { useForm } from '../../../parts/forms/use-form.js';
import { ProblemNote } from '../../../parts/problem-note.js';
import { AccessTabs } from '../access-tabs.js';
import { GrantForm } from '../grants/grant-form.js';
import { registryNames } from '../registry-choice.js';
import { Members } from './members.js';

interface GroupData {
  readonly group: ServiceGroup;
  readonly registries: readonly string[];
}

/** Page of one group: its members, and what they may. */
export const groupPage = definePage<GroupData>({
  title: ({ group }) => group.name,
  needsAccount: true,
  load: async ({ api, params }) => ({
    group: await api.get<ServiceGroup>(apiPath`/api/v1/groups/${params.name ?? ''}`),
    registries: await registryNames(api),
  }),
  View: ({ data: { group, registries } }) => {
    const { t, api, go } = usePlace();
    const { name, source } = group;
    return (
      <>
        <p class="crumbs">
          <a href="/access/groups">{t('access.groups')}</a>
        </p>
        <div class="title-row">
          <h1 tabIndex={-1}>{name}</h1>
          <p>
            <Badge tone={source === 'local' ? 'plain' : 'busy'}>{t(`access.source.${source}`)}</Badge>
          </p>
        </div>
        <AccessTabs />
        {source !== 'local' && <p class="note">{t('access.group-from', { source: t(`access.source.${source}`) })}</p>}
        <Members group={group} />
        <DescriptionForm key={group.description} group={group} />
        <GrantForm registries={registries} subject={{ kind: 'group', name }} />
        <p>
          <a href="/access/grants">{t('access.all-grants')}</a>
        </p>
        <section>
          <h2>{t('settings.delete')}</h2>
          <p>{t('access.delete-group-text')}</p>
          <ConfirmButton
            label={t('access.delete-group')}
            title={t('access.delete-title', { name })}
            done={t('settings.deleted')}
            typed={name}
            work={async () => {
              await api.send('DELETE', apiPath`/api/v1/groups/${name}`);
              go('/access/groups');
            }}
          >
            <p>{t('access.delete-group-text')}</p>
          </ConfirmButton>
        </section>
      </>
    );
  },
});

function DescriptionForm({ group: { name, description } }: { readonly group: ServiceGroup }) {
  const { t, api, reload, say } = usePlace();
  const form = useForm({ description }, async (values) => {
    await api.send('PATCH', apiPath`/api/v1/groups/${name}`, values);
    await reload();
    say(t('settings.saved'));
  });
  return (
    <form method="post" class="filters" onSubmit={form.onSubmit} aria-label={t('settings.description')}>
      <TextField {...form.text('description')} label={t('settings.description')} maxLength={500} autocomplete="off" />
      <button type="submit" disabled={form.isBusy}>
        {t('settings.save')}
      </button>
      <ProblemNote problem={form.problem} />
    </form>
  );
}
