import type { RunEvent } from '../../../engine/events.js';
import { collectByTimer } from '../../../library/hosts/collect-by-timer.js';
import type { ChildRequest, JobEnd } from './child-request.js';
import { jobSession } from './job-session.js';

/** Collects the garbage of a registry on its host, by the unit that its timer starts. */
export async function collectOnHost(
  { site, run, host, registry }: Extract<ChildRequest, { work: 'collect' }>,
  onEvent: (event: RunEvent) => void,
  signal: AbortSignal,
): Promise<Omit<JobEnd, 'event' | 'time'>> {
  const session = jobSession({ site, run: { ...run, limit: host } });
  const { plays } = await session.load();
  await session.findPasswords(plays);
  const found = plays.flatMap((play) => play.hosts).find(({ name }) => name === host);
  if (found === undefined) throw new Error(`no play of the site has the host ${host}`);
  const onLine = (text: string) =>
    onEvent({ event: 'message', time: new Date().toISOString(), level: 'info', text, host });
  const settings = session.withPasswords(found.settings);
  const outcome = await collectByTimer({ host, settings, registry, onLine, signal });
  if (outcome === 'stopped') return { result: 'cancelled', hosts: { [host]: 'cancelled' } };
  return { result: 'changed', hosts: { [host]: 'changed' } };
}
