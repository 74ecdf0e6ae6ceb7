import { useState } from 'preact/hooks';
import type { IssuedServiceToken, NewServiceToken } from '../../../../src/service-client/service-types.js';
import { usePlace } from '../../kernel/place.js';
import { Choice } from '../../parts/fields/choice.js';
import { TextField } from '../../parts/fields/text-field.js';
import { daysFromNow, ExpiryField } from '../../parts/forms/expiry-field.js';
import { useForm } from '../../parts/forms/use-form.js';
import { ProblemNote } from '../../parts/problem-note.js';
import { ScopeFields, type TokenScope } from './scope-fields.js';

interface TokenFormProps {
  readonly path: string;
  readonly onMade: (token: IssuedServiceToken) => Promise<void>;
  readonly onClose: () => void;
}

/** Makes an access token: what it opens, and until when. */
export function TokenForm({ path, onMade, onClose }: TokenFormProps) {
  const { t, api } = usePlace();
  const [scopes, setScopes] = useState<readonly TokenScope[]>([]);
  const [expiresAt, setExpiresAt] = useState<string | null>(() => daysFromNow(90));
  const form = useForm({ label: '', api: 'none' }, async (values) => {
    const body: NewServiceToken = {
      label: values.label,
      api: values.api as NewServiceToken['api'],
      expiresAt,
      ...(scopes.length === 0
        ? {}
        : { repositories: scopes.map(({ path: of, actions }) => ({ path: of, actions: [...actions] })) }),
    };
    await onMade(await api.send<IssuedServiceToken>('POST', path, body));
  });
  const reaches = ['none', 'read', 'write'] as const;
  return (
    <form method="post" class="panel" onSubmit={form.onSubmit} aria-label={t('tokens.new')}>
      <h3>{t('tokens.new')}</h3>
      <TextField
        {...form.text('label')}
        label={t('tokens.label')}
        hint={t('tokens.label.hint')}
        required
        maxLength={100}
        autofocus
        autocomplete="off"
      />
      <ScopeFields scopes={scopes} onScopes={setScopes} errorAt={form.errorAt} />
      <Choice
        label={t('tokens.api')}
        name="api"
        value={form.values.api}
        options={reaches.map((value) => ({ value, label: t(`tokens.api.${value}`) }))}
        onValue={(value) => form.set('api', value)}
        hint={t('tokens.api.hint')}
      />
      <ExpiryField label={t('settings.expires')} onValue={setExpiresAt} error={form.errorAt('/expiresAt')} />
      <ProblemNote problem={form.problem} />
      <p class="actions">
        <button type="submit" class="primary" disabled={form.isBusy}>
          {t('tokens.make')}
        </button>
        <button type="button" onClick={onClose}>
          {t('confirm.cancel')}
        </button>
      </p>
    </form>
  );
}
