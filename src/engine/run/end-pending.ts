import { explainError } from '../explain-error.js';
import { recordsOnHost } from './executors.js';
import type { HostRun } from './host-run.js';
import type { RunContext } from './run-context.js';

/**
 * Tells of handlers that an earlier run left on a host and no play of this one has, perhaps of another site or renamed;
 * drops their records where that is wanted (`--drop-pending`).
 */
export async function endPending(host: HostRun, { options, emit }: RunContext): Promise<void> {
  const open = await host.whenFree();
  const records = open && recordsOnHost(host, open);
  for (const [id, name] of host.unknownPending()) {
    const found = `the handler "${name}" is pending from an earlier run, but no play of this run has it`;
    const say = (level: 'info' | 'warning', text: string) => emit({ event: 'message', level, text, host: host.name });
    if (options.dropPending !== true) say('warning', `${found}: it stays pending (--drop-pending drops it)`);
    else if (options.check) say('info', `${found}: it would be dropped`);
    else {
      try {
        await records?.clear(id);
        say('info', `${found}: it was dropped`);
      } catch (error) {
        say('warning', `${found}, and could not be dropped: ${explainError(error).message}`);
      }
    }
  }
}
