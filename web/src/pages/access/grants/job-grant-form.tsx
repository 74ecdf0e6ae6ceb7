import { useState } from 'preact/hooks';
import type { NewServiceJobGrant } from '../../../../../src/service-client/service-types.js';
import { usePlace } from '../../../kernel/place.js';
import { Choice } from '../../../parts/fields/choice.js';
import { TextField } from '../../../parts/fields/text-field.js';
import { useForm } from '../../../parts/forms/use-form.js';
import { ProblemNote } from '../../../parts/problem-note.js';

type JobVerb = NewServiceJobGrant['verbs'][number];

const jobVerbs = ['view', 'check', 'run', 'force', 'cancel', 'approve', 'schedule'] as const satisfies JobVerb[];

/** Gives a right to work on hosts. */
export function JobGrantForm() {
  const { t, api, reload, say } = usePlace();
  const [verbs, setVerbs] = useState<readonly JobVerb[]>(['view', 'check']);
  const form = useForm({ kind: 'account', name: '', hosts: '' }, async ({ kind, name, hosts }) => {
    const words = hosts.split(/[\s,]+/).filter((word) => word !== '');
    const body: NewServiceJobGrant = {
      ...(kind === 'group' ? { group: name.trim() } : { account: name.trim() }),
      hosts: words,
      verbs: [...verbs],
    };
    await api.send('POST', '/api/v1/job-grants', body);
    form.reset();
    await reload();
    say(t('access.given-done'));
  });
  const hostError = form.problem?.errors.find(({ pointer }) => pointer.startsWith('/hosts'))?.detail;
  const verbError = form.problem?.errors.find(({ pointer }) => pointer.startsWith('/verbs'))?.detail;
  const kinds = ['account', 'group'] as const;
  return (
    <form method="post" class="panel" onSubmit={form.onSubmit} aria-label={t('access.give-job')}>
      <h3>{t('access.give-job')}</h3>
      <div class="fields">
        <Choice
          label={t('access.kind')}
          name="kind"
          value={form.values.kind}
          options={kinds.map((value) => ({ value, label: t(`access.kind.${value}`) }))}
          onValue={(value) => form.set('kind', value)}
        />
        <TextField
          {...form.text('name', `/${form.values.kind}`)}
          label={t('settings.name')}
          required
          autocomplete="off"
          autocapitalize="none"
        />
        <TextField
          {...form.text('hosts')}
          error={hostError}
          label={t('nav.hosts')}
          hint={t('access.hosts.hint')}
          required
          autocomplete="off"
          autocapitalize="none"
        />
      </div>
      <fieldset class="checks">
        <legend>{t('access.verbs')}</legend>
        {jobVerbs.map((verb) => (
          <label key={verb}>
            <input
              type="checkbox"
              name="verbs"
              value={verb}
              checked={verbs.includes(verb)}
              onChange={({ currentTarget: { checked } }) =>
                setVerbs(jobVerbs.filter((each) => (each === verb ? checked : verbs.includes(each))))
              }
            />{' '}
            {t(`access.verb.${verb}`)}
          </label>
        ))}
        {verbError !== undefined && <small class="field-error">{verbError}</small>}
      </fieldset>
      <ProblemNote problem={form.problem} />
      <p class="actions">
        <button type="submit" class="primary" disabled={form.isBusy}>
          {t('access.give-it')}
        </button>
      </p>
    </form>
  );
}
