import type { SizedServiceRepository } from '../../../../../src/service-client/service-types.js';
import { repositoryApi } from '../../../kernel/api/api-paths.js';
import { usePlace } from '../../../kernel/place.js';
import { useAction } from '../../../parts/forms/use-action.js';
import { Icon } from '../../../parts/icon.js';
import { ProblemNote } from '../../../parts/problem-note.js';

/** Gives a repository a star, or takes it back; whoever has no account sees how many it has. */
export function StarButton({ repository }: { readonly repository: SizedServiceRepository }) {
  const { t, api, session, reload } = usePlace();
  const { registry, name, stars, starred = false } = repository;
  const toggle = useAction(async () => {
    await api.send(starred ? 'DELETE' : 'PUT', repositoryApi(registry, name, '/star'));
    await reload();
  });
  if (stars === undefined) return null;
  if (session === null) {
    return (
      <span class="star">
        <Icon name="star" /> {t('star.count', { n: stars })}
      </span>
    );
  }
  return (
    <div>
      <button
        type="button"
        class={starred ? 'star starred' : 'star'}
        aria-pressed={starred}
        disabled={toggle.isBusy}
        onClick={() => void toggle.run()}
      >
        <Icon name="star" /> {t('star.label')} <span class="muted">{t('star.count', { n: stars })}</span>
      </button>
      <ProblemNote problem={toggle.problem} />
    </div>
  );
}
