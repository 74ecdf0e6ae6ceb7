import { openConnection } from '../connection/open.js';
import { Diagnostics } from '../diagnostics/diagnostic.js';
import { secrets } from '../diagnostics/secrets.js';
import type { RunEvent } from '../engine/events.js';
import { run } from '../engine/run.js';
import { clearSpools } from '../registry/copy/spool.js';
import { becomePassword } from './become-password.js';
import { takeInterrupts } from './interrupt.js';
import { keyPassphrases } from './key-passphrases.js';
import type { LoadedRequest } from './load.js';
import { pickReporter } from './pick-reporter.js';
import type { ProvisionRequest } from './request.js';
import { unknownTags } from './unknown-tags.js';

/** Runs what was loaded, reports on it, and gives the exit status. */
export async function runSite(request: ProvisionRequest, loaded: LoadedRequest): Promise<number> {
  const diagnostics = new Diagnostics();
  const password = await becomePassword(request.askBecomePass, diagnostics);
  const hosts = loaded.site.plays.flatMap((play) => play.hosts.map(({ settings }) => settings));
  const passphrases = await keyPassphrases(hosts, diagnostics);
  diagnostics.throwIfAny();
  if (password !== undefined) secrets.add(password);
  for (const passphrase of passphrases.values()) secrets.add(passphrase);
  const names = new Set(loaded.site.plays.flatMap((play) => play.hosts.map(({ name }) => name)));
  const reporter = await pickReporter(request, [...names]);
  const say = (level: 'info' | 'warning', text: string, host?: string) => {
    const message: RunEvent = { event: 'message', time: new Date().toISOString(), level, text };
    reporter.onEvent(host === undefined ? message : { ...message, host });
  };
  const asked = [...request.tags, ...request.skipTags];
  for (const warning of unknownTags(asked, loaded.site.listing)) say('warning', warning);
  clearSpools();
  const interrupt = takeInterrupts((text) => say('warning', text));
  try {
    const report = await run(loaded.site.plays, {
      check: request.check,
      force: request.force,
      forks: request.forks,
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
