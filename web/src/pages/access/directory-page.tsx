import { useState } from 'preact/hooks';
import type { ServiceDirectoryLook } from '../../../../src/service-client/service-types.js';
import { definePage } from '../../kernel/page.js';
import { usePlace } from '../../kernel/place.js';
import { Badge } from '../../parts/badge.js';
import { Empty } from '../../parts/empty.js';
import { TextField } from '../../parts/fields/text-field.js';
import { useForm } from '../../parts/forms/use-form.js';
import { ProblemNote } from '../../parts/problem-note.js';
import { AccessTabs } from './access-tabs.js';

interface DirectoryData {
  readonly ldap: boolean;
  readonly oidc: boolean;
}

/** Page on which an administrator sees what the directory has of a name, and what a login would give. */
export const directoryPage = definePage<DirectoryData>({
  title: (_, t) => t('access.directory'),
  needsAccount: true,
  load: async ({ api }) => await api.get<DirectoryData>('/api/v1/directories'),
  View: ({ data: { ldap, oidc } }) => {
    const { t } = usePlace();
    return (
      <>
        <h1 tabIndex={-1}>{t('access.directory')}</h1>
        <AccessTabs />
        {oidc && <p>{t('access.directory-oidc')}</p>}
        {ldap ? (
          <DirectoryForm />
        ) : (
          <Empty title={t('access.no-directory')}>
            <p>{t('access.no-directory-text')}</p>
          </Empty>
        )}
      </>
    );
  },
});

function DirectoryForm() {
  const { t, api } = usePlace();
  const [found, setFound] = useState<ServiceDirectoryLook>();
  const form = useForm({ name: '' }, async ({ name }) => {
    setFound(undefined);
    setFound(await api.send<ServiceDirectoryLook>('POST', '/api/v1/directories/ldap/look', { name: name.trim() }));
  });
  return (
    <>
      <p>{t('access.directory-text')}</p>
      <form method="post" class="filters" onSubmit={form.onSubmit} aria-label={t('access.directory')}>
        <TextField {...form.text('name')} label={t('access.directory-name')} required autocapitalize="none" />
        <button type="submit" disabled={form.isBusy}>
          {t('access.directory-look')}
        </button>
      </form>
      <ProblemNote problem={form.problem} />
      <div role="status">{found !== undefined && <Found found={found} />}</div>
    </>
  );
}

function Found({ found }: { readonly found: ServiceDirectoryLook }) {
  const { t } = usePlace();
  const { dn, name, fullName, email, directoryGroups, groups, admin, account, problem } = found;
  return (
    <>
      {problem === null ? (
        <p class="note note-good">{t(account === null ? 'access.would-make' : 'access.would-open', { name })}</p>
      ) : (
        <p class="note note-bad">{t('access.would-refuse', { problem })}</p>
      )}
      <dl class="facts">
        <dt>DN</dt>
        <dd>
          <code>{dn}</code>
        </dd>
        <dt>{t('access.account')}</dt>
        <dd>{account === null ? name : <a href={`/access/users/${encodeURIComponent(account)}`}>{account}</a>}</dd>
        <dt>{t('settings.full-name')}</dt>
        <dd>{fullName}</dd>
        <dt>{t('settings.email')}</dt>
        <dd>{email}</dd>
        <dt>{t('access.directory-groups')}</dt>
        <dd>{directoryGroups.length === 0 ? '–' : directoryGroups.join(', ')}</dd>
        <dt>{t('access.groups')}</dt>
        <dd>{groups.length === 0 ? '–' : groups.join(', ')}</dd>
        <dt>{t('access.administrator')}</dt>
        <dd>{admin === null ? t('access.admin-here') : <Badge>{t(admin ? 'settings.yes' : 'settings.no')}</Badge>}</dd>
      </dl>
    </>
  );
}
