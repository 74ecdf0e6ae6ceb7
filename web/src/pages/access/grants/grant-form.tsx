import { useState } from 'preact/hooks';
import type { NewServiceGrant, ServiceGrant } from '../../../../../src/service-client/service-types.js';
import { usePlace } from '../../../kernel/place.js';
import { Choice } from '../../../parts/fields/choice.js';
import { TextField } from '../../../parts/fields/text-field.js';
import { useForm } from '../../../parts/forms/use-form.js';
import { ProblemNote } from '../../../parts/problem-note.js';
import { RegistryChoice } from '../registry-choice.js';
import { ActionChecks, type RepositoryAction } from './action-checks.js';

/** Roles, each with what the ones before it may. */
export const repositoryRoles = ['viewer', 'puller', 'pusher', 'maintainer', 'owner'] as const;

interface GrantFormProps {
  readonly registries: readonly string[];
  /** Account or group that gets the right; undefined: it is asked for. */
  readonly subject?: ServiceGrant['subject'];
  readonly path?: string;
}

/** Gives a role on repositories, or denies actions there. */
export function GrantForm({ registries, subject, path = '' }: GrantFormProps) {
  const { t, api, reload, say } = usePlace();
  const [denied, setDenied] = useState<readonly RepositoryAction[]>(['push', 'delete']);
  const first = { kind: 'account', name: '', path, registry: '', rule: 'puller' };
  const form = useForm(first, async (values) => {
    const body: NewServiceGrant = {
      subject: subject ?? { kind: values.kind as ServiceGrant['subject']['kind'], name: values.name.trim() },
      registry: values.registry,
      path: values.path.trim(),
      ...(values.rule === 'denied'
        ? { denied: [...denied] }
        : { role: values.rule as NonNullable<NewServiceGrant['role']> }),
    };
    await api.send('POST', '/api/v1/grants', body);
    form.reset();
    await reload();
    say(t('access.given-done'));
  });
  const kinds = ['account', 'group'] as const;
  return (
    <form method="post" class="panel" onSubmit={form.onSubmit} aria-label={t('access.give')}>
      <h2>{t('access.give')}</h2>
      <div class="fields">
        {subject === undefined && (
          <>
            <Choice
              label={t('access.kind')}
              name="kind"
              value={form.values.kind}
              options={kinds.map((value) => ({ value, label: t(`access.kind.${value}`) }))}
              onValue={(value) => form.set('kind', value)}
            />
            <TextField
              {...form.text('name', '/subject/name')}
              label={t('settings.name')}
              required
              autocomplete="off"
              autocapitalize="none"
            />
          </>
        )}
        <TextField
          {...form.text('path')}
          label={t('access.path')}
          hint={t('access.path.hint')}
          autocomplete="off"
          autocapitalize="none"
        />
        <RegistryChoice
          registries={registries}
          value={form.values.registry}
          onValue={(value) => form.set('registry', value)}
        />
        <Choice
          label={t('access.rule')}
          name="rule"
          value={form.values.rule}
          options={[
            ...repositoryRoles.map((value) => ({ value: value as string, label: t(`access.role.${value}.may`) })),
            { value: 'denied', label: t('access.deny') },
          ]}
          onValue={(value) => form.set('rule', value)}
          error={form.errorAt('/role')}
        />
      </div>
      {form.values.rule === 'denied' && (
        <ActionChecks
          label={t('access.deny-actions')}
          actions={denied}
          onActions={setDenied}
          error={form.errorAt('/denied')}
        />
      )}
      <ProblemNote problem={form.problem} />
      <p class="actions">
        <button type="submit" class="primary" disabled={form.isBusy}>
          {t(form.values.rule === 'denied' ? 'access.deny-it' : 'access.give-it')}
        </button>
      </p>
    </form>
  );
}
