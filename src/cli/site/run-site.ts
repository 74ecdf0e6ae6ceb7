import { openConnection } from '../../connection/open.js';
import { Diagnostics } from '../../diagnostics/diagnostic.js';
import { currentSecrets } from '../../diagnostics/secrets/session-secrets.js';
import type { RunEvent } from '../../engine/events.js';
import { run } from '../../engine/run/run.js';
import type { ConnectionSettings, Play } from '../../model/play.js';
import { clearSpools } from '../../registry/copy/spool.js';
import { becomePassword } from '../terminal/become-password.js';
import { interruptedText, takeInterrupts } from '../terminal/interrupt.js';
import { askStep, needTerminal } from './ask-step.js';
import { keyPassphrases } from './key-passphrases.js';
import type { LoadedRequest } from './load.js';
import { pickReporter } from './pick-reporter.js';
import type { ProvisionRequest } from './request.js';
import { playsFrom } from './start-at.js';
import { unknownTags } from './unknown-tags.js';

/** Runs what was loaded, reports on it, and gives the exit status. */
export async function runSite(request: ProvisionRequest, loaded: LoadedRequest): Promise<number> {
  if (request.step) needTerminal();
  let warnOfHost = (_host: string) => {};
  const { startAtTask } = request;
  const plays =
    startAtTask === undefined ? loaded.site.plays : playsFrom(startAtTask, loaded.site, (host) => warnOfHost(host));
  const diagnostics = new Diagnostics();
  const password = await becomePassword(request.askBecomePass, diagnostics);
  const hosts = plays.flatMap(settingsIn);
  const passphrases = await keyPassphrases(hosts, diagnostics);
  diagnostics.throwIfAny();
  if (password !== undefined) currentSecrets().add(password);
  for (const passphrase of passphrases.values()) currentSecrets().add(passphrase);
  const names = new Set(plays.flatMap((play) => play.hosts.map(({ name }) => name)));
  const reporter = await pickReporter(request, [...names]);
  const say = (level: 'info' | 'warning', text: string, host?: string) => {
    const message: RunEvent = { event: 'message', time: new Date().toISOString(), level, text };
    reporter.onEvent(host === undefined ? message : { ...message, host });
  };
  warnOfHost = (host) => say('warning', `it has no task named "${startAtTask}": nothing is done in this play`, host);
  const asked = [...request.tags, ...request.skipTags];
  for (const warning of unknownTags(asked, loaded.site.listing)) say('warning', warning);
  clearSpools();
  const interrupt = takeInterrupts(() => say('warning', interruptedText('tasks')), 0); // Roles may be anybody's code.
  try {
    const report = await run(plays, {
      check: request.check,
      force: request.force,
      forks: request.step ? 1 : request.forks,
      ...(request.step && { ask: askStep(interrupt.signal) }),
      tags: request.tags,
      skipTags: request.skipTags,
      strict: request.strict,
      files: loaded.files,
      connect: (name, settings) =>
        openConnection(
          name,
          { ...settings, passphrases, becomePassword: settings.becomePassword ?? password },
          request.verbose >= 3 ? { verbose: (line) => say('info', line, name) } : {},
        ),
      signal: interrupt.signal,
      onEvent: reporter.onEvent,
    });
    await reporter.end(report);
    return report.exitStatus;
  } catch (error) {
    await reporter.abandon?.();
    throw error;
  } finally {
    interrupt.release();
  }
}

/** How all machines are reached that a play surely works on. */
function settingsIn({ hosts, delegates = new Set(), settingsOf }: Play): readonly ConnectionSettings[] {
  const others = [...delegates].flatMap((name) => settingsOf?.(name) ?? []);
  return [...hosts.map(({ settings }) => settings), ...others];
}
