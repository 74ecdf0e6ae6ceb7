import { unfinishedChanges } from '../../../library/hosts/unfinished-changes.js';
import type { ChildRequest, LookAnswer } from './child-request.js';
import { jobSession } from './job-session.js';

/** Asks the hosts of a run what they had begun and not finished. One that can't be asked says why. */
export async function readJournals({
  site,
  run,
  secrets,
}: Extract<ChildRequest, { work: 'journals' }>): Promise<LookAnswer> {
  const session = jobSession({ site, run, secrets });
  const { plays } = await session.load();
  await session.findPasswords(plays);
  const hosts = new Map(plays.flatMap((play) => play.hosts.map((host) => [host.name, host.settings])));
  const journals: Record<string, string[]> = {};
  for (const [name, settings] of hosts) {
    try {
      journals[name] = await unfinishedChanges(name, session.withPasswords(settings));
    } catch (error) {
      journals[name] = [`it can't be asked: ${error instanceof Error ? error.message : String(error)}`];
    }
  }
  return { journals };
}
