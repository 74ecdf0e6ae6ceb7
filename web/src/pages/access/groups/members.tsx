import type { ServiceGroup } from '../../../../../src/service-client/service-types.js';
import { apiPath } from '../../../kernel/api/api.js';
import { usePlace } from '../../../kernel/place.js';
import { Empty } from '../../../parts/empty.js';
import { TextField } from '../../../parts/fields/text-field.js';
import { ConfirmButton } from '../../../parts/forms/confirm-button.js';
import { useForm } from '../../../parts/forms/use-form.js';
import { ProblemNote } from '../../../parts/problem-note.js';

/** Lists the members of a group; adds and removes them, where a directory does not. */
export function Members({ group: { name, source, members = [] } }: { readonly group: ServiceGroup }) {
  const { t, api, reload, say } = usePlace();
  const isOurs = source === 'local';
  const form = useForm({ account: '' }, async ({ account }) => {
    await api.send('PUT', apiPath`/api/v1/groups/${name}/members/${account.trim()}`);
    form.reset();
    await reload();
    say(t('access.member-added'));
  });
  return (
    <section>
      <h2>{t('access.members', { n: members.length })}</h2>
      {members.length === 0 ? (
        <Empty title={t('access.no-members')}>{isOurs && <p>{t('access.no-members-text')}</p>}</Empty>
      ) : (
        <ul class="rows">
          {members.map((member) => (
            <li key={member} class="row-with-action">
              <a href={`/access/${member.includes('+') ? 'robots' : 'users'}/${encodeURIComponent(member)}`}>
                {member}
              </a>
              {isOurs && (
                <ConfirmButton
                  label={t('settings.remove')}
                  about={member}
                  title={t('access.remove-member', { member, name })}
                  done={t('access.member-removed')}
                  work={async () => {
                    await api.send('DELETE', apiPath`/api/v1/groups/${name}/members/${member}`);
                    await reload();
                  }}
                />
              )}
            </li>
          ))}
        </ul>
      )}
      {isOurs && (
        <form method="post" class="filters" onSubmit={form.onSubmit} aria-label={t('access.add-member')}>
          <TextField
            {...form.text('account', 'account')}
            label={t('access.add-member')}
            required
            autocomplete="off"
            autocapitalize="none"
          />
          <button type="submit" disabled={form.isBusy}>
            {t('settings.add')}
          </button>
          <ProblemNote problem={form.problem} />
        </form>
      )}
    </section>
  );
}
