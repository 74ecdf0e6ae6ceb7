import type { Session } from '../../library/session/session.js';
import type { LoadedSite } from '../../site/load.js';
import { interruptedText, takeInterrupts } from '../terminal/interrupt.js';
import { askStep, needTerminal } from './ask-step.js';
import { needWholeSite } from './need-whole-site.js';
import { pickReporter } from './pick-reporter.js';
import type { ProvisionRequest } from './request.js';
import { playsFrom } from './start-at.js';
import { unknownTags } from './unknown-tags.js';

/** Runs a site that was loaded, with its reports, and returns the exit status. */
export async function runSite(request: ProvisionRequest, session: Session, loaded: LoadedSite): Promise<number> {
  if (request.step) needTerminal();
  if (request.prune) needWholeSite(request);
  const { startAtTask } = request;
  const warnOfHost = (host: string) =>
    session.say('warning', `it has no task named "${startAtTask}": nothing is done in this play`, host);
  const plays = startAtTask === undefined ? loaded.plays : playsFrom(startAtTask, loaded, warnOfHost);
  await session.findPasswords(plays);
  const names = new Set(plays.flatMap((play) => play.hosts.map(({ name }) => name)));
  session.reportTo(await pickReporter(request, [...names], session.secrets));
  for (const warning of unknownTags([...request.tags, ...request.skipTags], loaded.listing)) {
    session.say('warning', warning);
  }
  const interrupt = takeInterrupts(() => session.say('warning', interruptedText('tasks')), 0); // Roles may be anybody's code.
  try {
    const { exitStatus } = await session.run(plays, {
      isPart: startAtTask !== undefined,
      ...(request.step && { ask: askStep(interrupt.signal) }),
      signal: interrupt.signal,
      verbose: request.verbose >= 3,
    });
    return exitStatus;
  } finally {
    interrupt.release();
  }
}
