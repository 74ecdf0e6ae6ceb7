import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '../../connection/connection.js';
import { openConnection } from '../../connection/open.js';
import { defaultBecome } from '../../engine/link/become.js';
import type { ConnectionSettings } from '../../model/play.js';
import { type Sh, sh } from '../../sh.js';

/** Begin of the names of units that collect the garbage of registries, as the role registry-setup makes them. */
const unitsOf = 'provision-registry-gc-';
/** Milliseconds between two looks at a collection. */
const lookEvery = 1000;

/** Host, and the registry on it whose garbage is collected. */
export interface TimerCollection {
  readonly host: string;
  readonly settings: ConnectionSettings;
  /** Name of the registry: that of its instance on the host, or with the host's before it, or the host's alone. */
  readonly registry: string;
  /** Takes each line that the collection writes. */
  readonly onLine: (line: string) => void;
  /** Ends the collection: its unit is stopped, and the registry takes writes again. */
  readonly signal: AbortSignal;
}

/**
 * Collects the garbage of a registry now, by the unit of systemd that does it at the times of `registry_gc_schedule`: with all that the
 * host's timer does before and after. One that is under way already is waited for.
 * @throws ConnectionError, Error where the host has no such unit, or the collection failed
 */
export async function collectByTimer({
  host,
  settings,
  registry,
  onLine,
  signal,
}: TimerCollection): Promise<'collected' | 'stopped'> {
  const connection = await openConnection(host, settings);
  const run = async (script: Sh, what: string) => {
    const [reply] = await connection.apply({ script }, [], defaultBecome(settings));
    if (reply.status === 0) return reply.stdout;
    throw new Error(`${host}: ${what}: ${reply.stderr.trim() || `status ${reply.status}`}`);
  };
  try {
    const unit = await unitOf(connection, { host, settings, registry });
    await run(sh`systemctl start --no-block ${unit}`, `${unit} could not be started`);
    let isStopped = false;
    for (;;) {
      const state = await run(
        sh`systemctl show -p ActiveState -p Result -p InvocationID ${unit} && systemctl list-jobs --no-legend ${unit}`,
        `the state of ${unit} could not be read`,
      );
      const { ActiveState: active, Result: result, InvocationID: id } = propertiesIn(state);
      // Where it has not begun yet, there is a job of systemd to begin it.
      const isUnderWay = ['activating', 'deactivating', 'reloading'].includes(active ?? '') || state.includes(unit);
      if (isUnderWay) {
        if (signal.aborted && !isStopped) {
          isStopped = true;
          await run(sh`systemctl stop --no-block ${unit}`, `${unit} could not be stopped`);
        }
        // A word to stop is looked at between two looks, so that the wait needs none.
        await sleep(lookEvery);
        continue;
      }
      const said = await run(
        sh`journalctl -q -o cat -u ${unit} _SYSTEMD_INVOCATION_ID=${id ?? ''} | tail -n 200`,
        `the journal of ${unit} could not be read`,
      );
      const lines = said.split('\n').filter((line) => line !== '' && !line.startsWith('pam_unix('));
      for (const line of lines) onLine(line);
      if (isStopped) return 'stopped';
      if (result === 'success') return 'collected';
      const why = lines.length === 0 ? '' : `: ${lines.slice(-3).join('; ')}`;
      throw new Error(`${unit} on ${host} failed (${result ?? 'unknown'})${why}`);
    }
  } finally {
    await connection.close();
  }
}

async function unitOf(
  connection: Connection,
  { host, settings, registry }: Pick<TimerCollection, 'host' | 'settings' | 'registry'>,
): Promise<string> {
  const script = sh`systemctl list-unit-files --no-legend --no-pager ${`${unitsOf}*.service`}`;
  const [reply] = await connection.probe([{ script }], defaultBecome(settings));
  const names = (reply?.stdout ?? '').split('\n').flatMap((line) => {
    const [, name] = /^(\S+)\.service\s/.exec(line) ?? [];
    return name?.startsWith(unitsOf) === true ? [name.slice(unitsOf.length)] : [];
  });
  const instance = registry.startsWith(`${host}-`) ? registry.slice(host.length + 1) : registry;
  const [first] = names;
  const name =
    names.find((each) => each === registry) ??
    names.find((each) => each === instance) ??
    (registry === host && names.length === 1 ? first : undefined);
  if (name !== undefined) return `${unitsOf}${name}.service`;
  const others = names.length === 0 ? 'none has' : `there are those of ${names.join(', ')}`;
  throw new Error(
    `${host} has no timer that collects the garbage of ${registry} (${others}): set registry_gc_schedule and run the site. ` +
      'A registry that is read-only has none',
  );
}

function propertiesIn(text: string): Partial<Record<string, string>> {
  return Object.fromEntries(
    text.split('\n').flatMap((line) => {
      const [, name = '', value = ''] = /^(\w+)=(.*)$/.exec(line) ?? [];
      return name === '' ? [] : [[name, value]];
    }),
  );
}
