import { basename } from 'node:path';
import { InputError } from '../../diagnostics/diagnostic.js';
import { reasonOf } from '../../diagnostics/reason.js';
import { type PastRun, pastRuns } from '../../report/log/run-log-files.js';
import type { LoadedSite } from '../../site/load.js';
import { note } from '../terminal/note.js';
import { logFolder } from './keep-log.js';
import type { ProvisionRequest, Rerun } from './request.js';

/**
 * Returns the loaded site for those hosts only that had a given result in the site's last run. A run with --check
 * counts only for another with --check. Of a run that was interrupted, killed or stopped early, all hosts count as
 * failed: their progress is unknown.
 *
 * @returns undefined when the last run had no failure: there is nothing to do
 * @throws InputError when there was no run, or none of its hosts is among those of this one
 */
export function onlyLastHosts(which: Rerun, request: ProvisionRequest, loaded: LoadedSite): LoadedSite | undefined {
  const { header, report } = lastRun(request);
  const chosen = new Set(header.hosts.filter((host) => which === 'all' || stateOf(host, report) === which));
  const when = `the last run (${header.time.slice(0, 19).replace('T', ' ')} UTC)`;
  if (chosen.size === 0 && which === 'failed') {
    note(`nothing failed in ${when}: there is nothing to run again`);
    return undefined;
  }
  const plays = loaded.plays.map((play) => ({
    ...play,
    hosts: play.hosts.filter(({ name }) => chosen.has(name)),
  }));
  const left = new Set(plays.flatMap((play) => play.hosts.map(({ name }) => name)));
  const gone = [...chosen].filter((host) => !left.has(host));
  if (left.size === 0) {
    const reason = chosen.size === 0 ? 'there are none' : `no play has them now (${[...chosen].join(', ')})`;
    throw rerunError(`--rerun ${which}: of the hosts of ${when}: ${reason}`);
  }
  if (gone.length > 0 && request.limit.length === 0) note(`no play has ${gone.join(', ')} of ${when} any more`);
  const listing = loaded.listing.map((play) => ({
    ...play,
    hosts: play.hosts.filter((name) => chosen.has(name)),
  }));
  return { ...loaded, plays, listing };
}

function stateOf(host: string, report: PastRun['report']): Rerun {
  const counts = report?.hosts[host];
  if (report === undefined || report.interrupted || report.stopped === true || counts === undefined) return 'failed';
  return counts.failed + counts.unreachable > 0 ? 'failed' : 'success';
}

function lastRun({ site, check }: { readonly site: string; readonly check: boolean }): PastRun {
  const folder = logFolder(site);
  const runs = runsIn(folder).filter(({ header }) => header.site === basename(site));
  const last = runs.findLast(({ header }) => check || !header.check);
  if (last !== undefined) return last;
  const none = runs.length > 0 ? 'all runs of this site were with --check' : 'there is no log of a run of this site';
  throw rerunError(`--rerun: ${none} in ${folder}`, 'run it without --rerun first');
}

function runsIn(folder: string): PastRun[] {
  try {
    return pastRuns(folder);
  } catch (error) {
    throw rerunError(`--rerun: ${folder} can't be read: ${reasonOf(error)}`);
  }
}

function rerunError(message: string, hint?: string): InputError {
  return new InputError([{ code: 'rerun', message, ...(hint === undefined ? {} : { hint }) }]);
}
