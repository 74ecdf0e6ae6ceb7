import type { ServiceJob } from '../../../../src/service-client/service-types.js';
import { usePlace } from '../../kernel/place.js';
import { ResultBadge } from '../../parts/jobs/job-badge.js';
import { hostHref } from '../../parts/jobs/work-references.js';

/** Hosts up to which they stand open. */
const mostOpen = 20;
/** Results by how much they need a look. */
const order = ['failed', 'unreachable', 'lost', 'cancelled', 'differs', 'changed', 'ok'];

/** Shows the result of a job on each host, those that failed first. */
export function JobResults({ job: { hosts, results } }: { readonly job: ServiceJob }) {
  const { t } = usePlace();
  const named = hosts.filter((host) => !host.startsWith('registry '));
  if (named.length === 0) return null;
  const place = (host: string) => {
    const found = order.indexOf(results[host] ?? '');
    return found < 0 ? order.length : found;
  };
  const sorted = named.toSorted((a, b) => place(a) - place(b));
  return (
    <details class="job-results" open={named.length <= mostOpen}>
      <summary>{t('job.results', { n: named.length })}</summary>
      <ul class="chips">
        {sorted.map((host) => (
          <li key={host}>
            <a href={hostHref(host)}>{host}</a> <ResultBadge result={results[host] ?? null} />
          </li>
        ))}
      </ul>
    </details>
  );
}
