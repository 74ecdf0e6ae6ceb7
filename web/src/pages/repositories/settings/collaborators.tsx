import type { SizedServiceRepository } from '../../../../../src/service-client/service-types.js';
import { apiPath } from '../../../kernel/api/api.js';
import { repositoryApi } from '../../../kernel/api/api-paths.js';
import { usePlace } from '../../../kernel/place.js';
import { focusLater } from '../../../parts/focus-later.js';
import { useAction } from '../../../parts/forms/use-action.js';
import { DataTable } from '../../../parts/lists/data-table.js';
import { MoreRows } from '../../../parts/lists/more-rows.js';
import { useMoreRows } from '../../../parts/lists/use-more-rows.js';
import { ProblemNote } from '../../../parts/problem-note.js';
import type { Collaborator, CollaboratorPage } from '../hub/hub-types.js';
import { collaboratorsPath } from './collaborators-path.js';
import { GiveRole } from './give-role.js';
import { GrantWords } from './grant-words.js';

interface CollaboratorsProps {
  readonly repository: SizedServiceRepository;
  readonly page: CollaboratorPage;
}

/** Shows who may do what with a repository and through what; gives roles on it, and takes them back. */
export function Collaborators({ repository: { registry, name }, page }: CollaboratorsProps) {
  const { t, api, reload, say } = usePlace();
  const list = useMoreRows<Collaborator>(page, (after) => collaboratorsPath(registry, name, after));
  const words = (actions: Collaborator['actions']) =>
    actions.length === 0 ? t('collaborators.nothing') : actions.map((action) => t(`action.${action}`)).join(', ');
  const remove = useAction(async (who: string) => {
    await api.send('DELETE', repositoryApi(registry, name, apiPath`/collaborators/${who}`));
    await reload();
    say(t('collaborators.removed', { name: who }));
    focusLater(() => document.getElementById('collaborators'));
  });
  return (
    <>
      <h2 id="collaborators" tabIndex={-1}>
        {t('collaborators.title')}
      </h2>
      <dl class="facts">
        <dt>{t('collaborators.anybody')}</dt>
        <dd>{words(page.open.anybody)}</dd>
        <dt>{t('collaborators.any-account')}</dt>
        <dd>{words(page.open.anyAccount)}</dd>
      </dl>
      <ProblemNote problem={remove.problem} />
      {list.items.length === 0 ? (
        <p class="muted">{t('collaborators.none')}</p>
      ) : (
        <DataTable
          caption={t('collaborators.title')}
          rows={list.items}
          rowKey={({ account }) => account}
          columns={[
            { key: 'account', title: t('collaborators.account'), isHead: true, cell: ({ account }) => account },
            { key: 'may', title: t('collaborators.may'), cell: ({ actions }) => words(actions) },
            {
              key: 'through',
              title: t('collaborators.through'),
              cell: ({ through }) => (
                <ul class="names">
                  {through.map((grant) => (
                    <li key={grant.id}>
                      <GrantWords grant={grant} />
                    </li>
                  ))}
                </ul>
              ),
            },
            {
              key: 'actions',
              title: t('tags.actions'),
              cell: ({ account, through }) =>
                through.some(({ own, role }) => own && role !== null) && (
                  <button type="button" class="quiet" disabled={remove.isBusy} onClick={() => void remove.run(account)}>
                    {t('collaborators.remove')}
                    <span class="visually-hidden"> {account}</span>
                  </button>
                ),
            },
          ]}
        />
      )}
      <MoreRows list={list} />
      <GiveRole registry={registry} repository={name} />
    </>
  );
}
