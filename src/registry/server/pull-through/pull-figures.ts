import { helpLines, single } from '../metrics.js';

/** Way in which a request was answered: from the storage; by the upstream; from the storage, since the upstream failed. */
export type PullOutcome = 'hit' | 'miss' | 'stale';

const kinds = ['manifest', 'blob', 'tags', 'referrers'] as const;
const outcomes: readonly PullOutcome[] = ['hit', 'miss', 'stale'];

/** Counts of a pull-through cache. */
export class PullFigures {
  readonly #counts = new Map<string, number>();

  /** Counts an answer. */
  add(kind: (typeof kinds)[number], outcome: PullOutcome): void {
    const key = `${kind} ${outcome}`;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  /** Returns lines for Prometheus. */
  lines({ requests, received }: { readonly requests: number; readonly received: number }, fetches: number): string[] {
    const counts = kinds.flatMap((kind) =>
      outcomes.map((outcome) => {
        const count = this.#counts.get(`${kind} ${outcome}`) ?? 0;
        return `registry_proxy_answers_total{kind="${kind}",result="${outcome}"} ${count}`;
      }),
    );
    return [
      ...helpLines(
        'registry_proxy_answers_total',
        'counter',
        'Answers from the storage (hit), by the upstream (miss), from the storage as the upstream failed (stale).',
      ),
      ...counts,
      ...single('registry_proxy_upstream_requests_total', 'counter', 'Requests to the upstream.', requests),
      ...single(
        'registry_proxy_upstream_bytes_total',
        'counter',
        'Bytes of manifests and blobs from the upstream.',
        received,
      ),
      ...single('registry_proxy_fetches', 'gauge', 'Blobs that are being fetched.', fetches),
    ];
  }
}
