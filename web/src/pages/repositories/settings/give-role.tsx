import { useState } from 'preact/hooks';
import { apiPath } from '../../../kernel/api/api.js';
import { repositoryApi } from '../../../kernel/api/api-paths.js';
import { usePlace } from '../../../kernel/place.js';
import { Choice } from '../../../parts/fields/choice.js';
import { TextField } from '../../../parts/fields/text-field.js';
import { useAction } from '../../../parts/forms/use-action.js';
import { ProblemNote } from '../../../parts/problem-note.js';

/** Roles that an owner gives, each with what the ones before it may. */
const roles = ['viewer', 'puller', 'pusher', 'maintainer', 'owner'] as const;

/** Form that gives an account a role on exactly one repository. */
export function GiveRole({ registry, repository }: { readonly registry: string; readonly repository: string }) {
  const { t, api, reload, say } = usePlace();
  const [account, setAccount] = useState('');
  const [role, setRole] = useState<(typeof roles)[number]>('puller');
  const give = useAction(async () => {
    const name = account.trim();
    await api.send('PUT', repositoryApi(registry, repository, apiPath`/collaborators/${name}`), { role });
    await reload();
    say(t('collaborators.added', { name }));
    setAccount('');
  });
  return (
    <form
      method="post"
      onSubmit={(event) => {
        event.preventDefault();
        void give.run();
      }}
    >
      <div class="filters">
        <TextField
          label={t('collaborators.account')}
          name="account"
          value={account}
          onValue={setAccount}
          required
          autocapitalize="none"
          autocomplete="off"
        />
        <Choice
          label={t('collaborators.role')}
          name="role"
          value={role}
          onValue={setRole}
          options={roles.map((value) => ({ value, label: t(`role.${value}`) }))}
        />
        <button type="submit" disabled={give.isBusy}>
          {t('collaborators.add')}
        </button>
      </div>
      <ProblemNote problem={give.problem} />
    </form>
  );
}
