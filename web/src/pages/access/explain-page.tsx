import type { ServiceExplanation } from '../../../../src/service-client/service-types.js';
import { ApiError, type ApiProblem, apiQuery } from '../../kernel/api/api.js';
import { definePage } from '../../kernel/page.js';
import { usePlace } from '../../kernel/place.js';
import { Choice } from '../../parts/fields/choice.js';
import { FilterForm, FilterText } from '../../parts/lists/filter-form.js';
import { ProblemNote } from '../../parts/problem-note.js';
import { AccessTabs } from './access-tabs.js';
import { repositoryActions } from './grants/action-checks.js';
import { RegistryChoice, registryNames } from './registry-choice.js';

interface ExplainData {
  readonly answer: ServiceExplanation | undefined;
  readonly problem: ApiProblem | undefined;
  readonly registries: readonly string[];
}

/** Page that answers why somebody may do something with a repository, or not. */
export const explainPage = definePage<ExplainData>({
  title: (_, t) => t('access.explain'),
  needsAccount: true,
  load: async ({ api, query }) => {
    const asked = {
      account: query.get('account')?.trim(),
      action: query.get('action') ?? 'pull',
      repository: query.get('repository')?.trim(),
      registry: query.get('registry'),
    };
    const registries = await registryNames(api);
    if (!asked.repository) return { answer: undefined, problem: undefined, registries };
    try {
      const answer = await api.get<ServiceExplanation>(`/api/v1/explain${apiQuery(asked)}`);
      return { answer, problem: undefined, registries };
    } catch (error) {
      // What was asked is refused, not the page: the fields stay.
      if (error instanceof ApiError && error.problem.status !== 401) {
        return { answer: undefined, problem: error.problem, registries };
      }
      throw error;
    }
  },
  View: ({ data: { answer, problem, registries }, query }) => {
    const { t, session } = usePlace();
    return (
      <>
        <h1 tabIndex={-1}>{t('access.explain')}</h1>
        <AccessTabs />
        <p>{t('access.explain-text')}</p>
        <FilterForm label={t('access.explain')}>
          <FilterText
            label={t('access.explain.who')}
            name="account"
            value={query.get('account')}
            {...(session === null ? {} : { placeholder: session.name })}
          />
          <Choice
            label={t('access.explain.action')}
            name="action"
            value={query.get('action') ?? 'pull'}
            options={repositoryActions.map((value) => ({ value: value as string, label: t(`access.action.${value}`) }))}
          />
          <FilterText
            label={t('repository.name')}
            name="repository"
            value={query.get('repository')}
            placeholder="team/app"
          />
          <RegistryChoice registries={registries} value={query.get('registry') ?? ''} />
        </FilterForm>
        <p class="hint">{t('access.explain.hint')}</p>
        <ProblemNote problem={problem} />
        {answer !== undefined && (
          <div class={`note ${answer.allowed ? 'note-good' : 'note-bad'}`} role="status">
            <p>
              <strong>{t(answer.allowed ? 'access.explain.yes' : 'access.explain.no')}</strong> {answer.reason}.
            </p>
            {!answer.allowed && (
              <p>
                <a href={`/access/grants${apiQuery({ path: answer.repository })}`}>{t('access.explain.change')}</a>
              </p>
            )}
          </div>
        )}
      </>
    );
  },
});
