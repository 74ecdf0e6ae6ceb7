import { usePlace } from '../../kernel/place.js';
import { Choice } from '../../parts/fields/choice.js';
import { TextField } from '../../parts/fields/text-field.js';
import { useForm } from '../../parts/forms/use-form.js';
import { ProblemNote } from '../../parts/problem-note.js';
import { RegistryChoice } from './registry-choice.js';

const choices = ['public', 'internal', 'private', 'inherit'] as const;

/** Sets who sees the repositories of a path without a role. */
export function PathVisibilityForm({
  registries,
  path,
}: {
  readonly registries: readonly string[];
  readonly path: string;
}) {
  const { t, api, reload, say } = usePlace();
  const form = useForm({ path, registry: '', visibility: 'public' }, async (values) => {
    const visibility = values.visibility === 'inherit' ? null : values.visibility;
    await api.send('PUT', '/api/v1/visibilities', { registry: values.registry, path: values.path.trim(), visibility });
    await reload();
    say(t('settings.saved'));
  });
  return (
    <form method="post" class="panel" onSubmit={form.onSubmit} aria-label={t('access.set-visibility')}>
      <h2>{t('access.set-visibility')}</h2>
      <div class="fields">
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
          label={t('access.visibility')}
          name="visibility"
          value={form.values.visibility}
          options={choices.map((value) => ({ value: value as string, label: t(`access.visibility.${value}`) }))}
          onValue={(value) => form.set('visibility', value)}
          error={form.errorAt('/visibility')}
        />
      </div>
      <ProblemNote problem={form.problem} />
      <p class="actions">
        <button type="submit" class="primary" disabled={form.isBusy}>
          {t('settings.save')}
        </button>
      </p>
    </form>
  );
}
