import type { IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { usualRate } from '../gc/scrubber.js';
import { helpLines, single } from '../metrics.js';
import type { Store } from '../store.js';
import { json, notAllowed, refusal, type ServerAnswer } from './answer.js';
import { readWishes } from './upkeep-wishes.js';

/** Milliseconds after which the answer says that the work goes on. */
const patience = 20_000;

/** Collects garbage (POST) or says how that went (GET); the same for the check of content. The body is JSON. `byKey`: the request comes from the registry's host. */
export async function answerUpkeep(
  store: Store,
  request: IncomingMessage,
  task: 'gc' | 'scrub',
  byKey: boolean,
): Promise<ServerAnswer> {
  const { method } = request;
  const state = () => (task === 'gc' ? store.collector.state : store.scrubber.state);
  if (method === 'GET' || method === 'HEAD') return json(200, state());
  if (method !== 'POST') return notAllowed('GET, HEAD, POST');
  if (store.rules.readOnly) return notAllowed('GET, HEAD', 'the registry is read-only');
  const wishes = await readWishes(request);
  if (typeof wishes === 'string') return refusal(400, 'UNSUPPORTED', wishes);
  if (!byKey && !store.rules.deletes && (wishes.deleteUntagged || wishes.retain !== undefined)) {
    return refusal(403, 'DENIED', 'manifests and tags are deleted only by a registry that allows deletes (--delete)');
  }
  if (task === 'scrub') {
    const end = store.scrubber.begin(wishes.rate ?? usualRate);
    if (end === undefined) return refusal(409, 'UNSUPPORTED', 'a check of content is under way');
    return json((await endsSoon(end)) ? 200 : 202, state());
  }
  const begun = await store.collector.begin(wishes);
  if ('why' in begun) return refusal(409, 'UNSUPPORTED', begun.why);
  return json((await endsSoon(begun.end)) ? 200 : 202, state());
}

/** Refuses who may not administer the registry. */
export function notAdministrator(): ServerAnswer {
  const why = 'only a registry with accounts, or one that allows deletes (--delete), is maintained by requests';
  return refusal(403, 'DENIED', why);
}

async function endsSoon(end: Promise<void>): Promise<boolean> {
  const late = new AbortController();
  try {
    const waited = pause(patience, false, { signal: late.signal });
    waited.catch(() => {}); // It is aborted below.
    return await Promise.race([end.then(() => true), waited]);
  } finally {
    late.abort();
  }
}

/** Writes the figures of collections and checks. */
export function upkeepLines({ collector: { totals }, scrubber }: Store): string[] {
  const { finished, damaged } = scrubber.state;
  return [
    ...helpLines('registry_gc_runs_total', 'counter', 'Collections of garbage, by how they ended.'),
    `registry_gc_runs_total{result="done"} ${totals.done}`,
    `registry_gc_runs_total{result="failed"} ${totals.failed}`,
    ...single('registry_gc_last_run_timestamp_seconds', 'gauge', 'End of the last one; 0: none yet.', totals.lastEnd),
    ...single('registry_gc_last_run_seconds', 'gauge', 'Time that it took.', totals.lastSeconds),
    ...single('registry_gc_removed_manifests_total', 'counter', 'Manifests that were removed.', totals.manifests),
    ...single('registry_gc_removed_blobs_total', 'counter', 'Blobs that were removed.', totals.blobs),
    ...single('registry_gc_removed_bytes_total', 'counter', 'Bytes of these blobs.', totals.bytes),
    ...single('registry_scrub_bytes_total', 'counter', 'Bytes that were checked.', scrubber.totals.bytes),
    ...single(
      'registry_scrub_last_pass_timestamp_seconds',
      'gauge',
      'End of the last check of all content; 0: none yet.',
      finished === undefined ? 0 : Date.parse(finished) / 1000,
    ),
    ...single('registry_scrub_damaged_blobs', 'gauge', 'Blobs that it found damaged.', damaged.length),
  ];
}
