import { useState } from 'preact/hooks';
import type { ServiceExplanation } from '../../../../../src/service-client/service-types.js';
import { apiQuery } from '../../../kernel/api/api.js';
import { usePlace } from '../../../kernel/place.js';
import { Badge } from '../../../parts/badge.js';
import { TextField } from '../../../parts/fields/text-field.js';
import { useAction } from '../../../parts/forms/use-action.js';
import { ProblemNote } from '../../../parts/problem-note.js';

const asked = ['see', 'pull', 'push', 'delete', 'manage'] as const;

interface ExplainAccessProps {
  readonly place: { readonly registry: string; readonly repository: string };
}

/** Says what an account may do with a repository, and why, or what would change it. */
export function ExplainAccess({ place: { registry, repository } }: ExplainAccessProps) {
  const { t, api, session } = usePlace();
  const [account, setAccount] = useState(session?.name ?? '');
  const [answers, setAnswers] = useState<readonly ServiceExplanation[]>([]);
  const explain = useAction(async () => {
    setAnswers([]);
    const ask = (action: string) =>
      api.get<ServiceExplanation>(
        `/api/v1/explain${apiQuery({ account: account.trim() || 'anonymous', action, repository, registry })}`,
      );
    setAnswers(await Promise.all(asked.map(ask)));
  });
  return (
    <section aria-labelledby="explain">
      <h2 id="explain">{t('explain.title')}</h2>
      <form
        method="post"
        onSubmit={(event) => {
          event.preventDefault();
          void explain.run();
        }}
      >
        <div class="filters">
          <TextField
            label={t('explain.account')}
            name="explained"
            value={account}
            onValue={setAccount}
            autocapitalize="none"
            autocomplete="off"
          />
          <button type="submit" disabled={explain.isBusy}>
            {t('explain.submit')}
          </button>
        </div>
        <ProblemNote problem={explain.problem} />
      </form>
      <ul class="rows" aria-live="polite">
        {answers.map(({ action, allowed, reason }) => (
          <li key={action}>
            <Badge tone={allowed ? 'good' : 'bad'}>{t(allowed ? 'explain.may' : 'explain.may-not')}</Badge>{' '}
            {t(`action.${action}`)} <span class="muted">{reason}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
