import type { Diagnostics, Place } from '../../diagnostics/diagnostic.js';
import type { ConnectionSettings } from '../../model/play.js';

/** A name of a host in a play, or of one that its tasks are delegated to, and how it is reached. */
export interface NamedMachine {
  readonly name: string;
  readonly settings: ConnectionSettings;
  /** Place of the name in the inventory. */
  readonly place: Place | undefined;
}

/**
 * Reports names that lead to one machine, which would be changed twice, and by each as if it were another. Over ssh no two
 * names of a site may; without it, those of one play may not, which would wait for each other's run lock.
 *
 * @param plays the machines of each play
 */
export function checkMachines(plays: readonly (readonly NamedMachine[])[], diagnostics: Diagnostics): void {
  const overSsh = plays.flat().filter(({ settings }) => settings.connection === 'ssh');
  reportShared(overSsh, diagnostics);
  for (const machines of plays) {
    reportShared(
      machines.filter(({ settings }) => settings.connection === 'local' && settings.root === ''),
      diagnostics,
    );
  }
}

function reportShared(machines: readonly NamedMachine[], diagnostics: Diagnostics): void {
  const byEnd = new Map<string, Map<string, NamedMachine>>();
  for (const machine of machines) {
    const end = endOf(machine.settings);
    const names = byEnd.get(end) ?? new Map<string, NamedMachine>();
    if (!names.has(machine.name)) names.set(machine.name, machine);
    byEnd.set(end, names);
  }
  for (const names of byEnd.values()) {
    const [first, second, ...others] = names.values();
    if (first === undefined || second === undefined) continue;
    const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
    diagnostics.add({
      code: 'same-machine',
      message: `${first.name} and ${second.name}${more} are one machine: ${describeEnd(first.settings)}`,
      place: second.place,
      hint: 'give it one name in the inventory, which may be in several groups; or correct the address of one',
    });
  }
}

/** Returns what two names have in common that lead to one machine. */
function endOf({ connection, address, port, user, root }: ConnectionSettings): string {
  return connection === 'local' ? '' : JSON.stringify([plainAddress(address), port, user, root]);
}

const loopback = ['127.0.0.1', '::1', 'localhost'];

function plainAddress(address: string): string {
  const plain = address.toLowerCase().replace(/\.$/, '');
  return loopback.includes(plain) ? 'localhost' : plain;
}

function describeEnd({ connection, address, port, user }: ConnectionSettings): string {
  if (connection === 'local') return 'both are this one, reached without ssh';
  const parts = [
    address,
    ...(port === undefined ? [] : [`port ${port}`]),
    ...(user === undefined ? [] : [`as ${user}`]),
  ];
  return `both connect to ${parts.join(', ')}`;
}
