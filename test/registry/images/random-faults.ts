import type { Fault, FaultAction } from '../proxy/faults.js';
import type { RequestKind } from '../proxy/request-kind.js';
import { Seeded } from '../proxy/seeded.js';

const reads: readonly RequestKind[] = [
  'blob-get',
  'manifest-get',
  'manifest-head',
  'blob-head',
  'tags',
  'referrers',
  'catalog',
];
const uploads: readonly RequestKind[] = ['upload-post', 'upload-patch', 'upload-put', 'mount'];
const bodies: readonly RequestKind[] = ['blob-get', 'manifest-get', 'tags', 'referrers', 'catalog', 'token'];
const content: readonly RequestKind[] = ['blob-get', 'manifest-get'];
const writes: readonly RequestKind[] = ['upload-put', 'upload-patch', 'manifest-put'];
const all: readonly RequestKind[] = ['token', 'ping', ...reads, ...uploads, 'manifest-put'];

/** Five kinds of faults for one side, from a seed. `share` makes them rarer: 1 is often, 0 is never. */
export function randomFaults(seed: string | number, share: number): Fault[] {
  const random = new Seeded(`faults ${seed}`);
  return Array.from({ length: 5 }, () => {
    const [does, kinds] = random.pick(menu(random));
    // Being told to wait costs seconds each time: that is met twice or three times only.
    if (does.what === 'status' && does.status === 429) return { does, kinds, at: share > 0 ? [2, 5, 17] : [] };
    return { does, kinds, rate: share * (0.02 + 0.1 * random.next()), burst: random.pick([1, 1, 1, 3]) };
  });
}

function menu(random: Seeded): (readonly [FaultAction, readonly RequestKind[]])[] {
  const after = random.pick([0, 1, 1000, 100_000]);
  const forMs = random.between(50, 800);
  return [
    [{ what: 'cut-response', after }, bodies],
    [{ what: 'cut-request', after }, writes],
    [{ what: 'stall', after, forMs }, bodies],
    [{ what: 'silence', forMs }, all],
    [{ what: 'reset' }, all],
    [{ what: 'lost-answer' }, [...uploads, 'manifest-put']],
    [{ what: 'status', status: 429, retryAfter: random.pick([0, 1]) }, all],
    [{ what: 'status', status: 429 }, all],
    [{ what: 'status', status: random.pick([500, 502, 503, 504]) }, all],
    [{ what: 'error-in-body' }, all],
    [{ what: 'truncated', by: random.pick([1, 100, 50_000]) }, content],
    [{ what: 'wrong-bytes' }, content],
    // A manifest that goes to a tag is not protected by a digest: it has a test of its own.
    [{ what: 'wrong-request-bytes' }, ['upload-put', 'upload-patch']],
    [{ what: 'expired' }, [...reads, ...uploads, 'manifest-put']],
    [{ what: 'redirect' }, ['blob-get']],
    [{ what: 'trickle', bytes: 2000, everyMs: 5, forMs }, content],
  ];
}
