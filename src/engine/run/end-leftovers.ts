import { entryKey } from '../../model/records.js';
import type { TaskResult } from '../../model/task.js';
import { explainError } from '../explain-error.js';
import { NamedThings } from '../records/named-things.js';
import type { MadeRecord } from '../records/written-records.js';
import type { HostRun } from './host-run.js';
import { registeredAs } from './leftover-play.js';
import type { OpenHost } from './open-host.js';
import type { RunContext } from './run-context.js';

/**
 * Finds what earlier runs of the site made on a host and none of its plays names any more. A run of some tags knows only a
 * part of the site, and finds nothing.
 */
export async function findLeftovers(host: HostRun, run: RunContext): Promise<void> {
  const { leftovers: options, tags, skipTags, check } = run.options;
  const { named } = host;
  host.named = new NamedThings(); // It would be kept as long as the run.
  const open = await host.whenFree();
  if (options === undefined || open?.written === undefined || tags.length + skipTags.length > 0) return;
  if (options.isPart) return;
  const { site, prune } = options;
  const things = open.written.things();
  const isGone = (thing: MadeRecord) => thing.sites.includes(site) && !named.has(thing);
  if (!named.isComplete) {
    const text = 'nothing is removed: tasks that were not reached may name what earlier runs made';
    if (prune && things.some(isGone)) run.emit({ event: 'message', level: 'warning', text, host: host.name });
    return;
  }
  const claims = new Map<string, readonly string[]>();
  const found: MadeRecord[] = [];
  for (const thing of things) {
    const { key, sites } = thing;
    if (!isGone(thing)) {
      if (named.has(thing) && !sites.includes(site)) claims.set(key, [...sites, site]);
    } else if (sites.length > 1) {
      claims.set(
        key,
        sites.filter((each) => each !== site),
      );
    } else {
      found.push(thing);
    }
  }
  host.leftovers = found.flatMap((thing) => {
    const isOfFile = found.some(({ key }) => thing.key.startsWith(entriesOf(key)));
    const entries = found.flatMap(({ key }) => (key.startsWith(entriesOf(thing.key)) ? [key] : []));
    return isOfFile ? [] : [{ ...thing, isForced: named.isForced(thing.key), entries }];
  });
  if (!check) await claim(host, open, claims, run);
}

/** Forgets the leftovers of a host that are gone. @returns false: its link is not kept */
export async function forgetRemoved(host: HostRun, run: RunContext): Promise<boolean> {
  const open = await host.whenFree();
  const results = host.results.view(new Set());
  const gone = host.leftovers.filter(({ key }) => {
    const result = results.get(registeredAs(key)) as TaskResult | undefined;
    return result !== undefined && !result.failed && !result.kept && !result.skipped;
  });
  host.leftovers = [];
  const keys = gone.flatMap(({ key, entries }) => [key, ...entries]);
  if (open !== undefined && !run.options.check) await claim(host, open, new Map(keys.map((key) => [key, []])), run);
  return false;
}

/** Returns how the keys of a file's entries begin; for anything else than a file, what no key begins with. */
function entriesOf(key: string): string {
  return key.startsWith('path:') ? entryKey(key.slice('path:'.length), '') : '\0';
}

async function claim(
  host: HostRun,
  { connection, written }: OpenHost,
  claims: ReadonlyMap<string, readonly string[]>,
  run: RunContext,
): Promise<void> {
  const record = written?.claimScript(claims);
  if (record === undefined) return;
  try {
    await connection.applyIdempotent(record.script, record.as);
  } catch (error) {
    const text = `the records of what was made there could not be written: ${explainError(error).message}`;
    run.emit({ event: 'message', level: 'warning', text, host: host.name });
  }
}
