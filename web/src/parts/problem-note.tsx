import type { ApiProblem } from '../kernel/api/api.js';
import { usePlace } from '../kernel/place.js';
import { CodeText } from './code-text.js';

/** Says why something was refused, with the fields that are wrong. Nothing where nothing was. */
export function ProblemNote({ problem }: { readonly problem: ApiProblem | undefined }) {
  const { t } = usePlace();
  if (problem === undefined) return null;
  const { detail, title, errors, status } = problem;
  const isOffline = status === 503 && detail === '';
  return (
    <div class="note note-bad" role="alert">
      <p>
        <CodeText text={isOffline ? t('problem.offline') : detail || title || t('problem.title')} />
      </p>
      {errors.length > 1 && (
        <ul>
          {errors.map((each) => (
            <li key={each.pointer + each.detail}>
              <code>{each.pointer.replace(/^\//, '')}</code> <CodeText text={each.detail} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
