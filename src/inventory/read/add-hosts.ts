import type { Diagnostics, Place } from '../../diagnostics/diagnostic.js';
import type { VariableTable } from '../../vars/variables.js';
import type { Draft } from './draft.js';
import { giveGroup } from './group-variables.js';
import { splitPort } from './host-port.js';
import { expandRanges, mostNames } from './ranges.js';

/** A host as an inventory names it, perhaps with a range and a port, and what it says of it there. */
export interface HostEntry {
  readonly entry: string;
  readonly place: Place | undefined;
  readonly variables: VariableTable;
}

/** Adds the hosts of an entry to the members of a group. */
export function addHosts(
  { entry, place, variables }: HostEntry,
  members: Set<string>,
  draft: Draft,
  diagnostics: Diagnostics,
): void {
  const { pattern, port } = splitPort(entry);
  try {
    const names = expandRanges(pattern, mostNames - draft.ofRanges);
    if (names.length > 1) draft.ofRanges += names.length;
    for (const name of names) {
      members.add(name);
      if (port !== undefined) givePort(name, port, { entry, place, variables }, draft, diagnostics);
      else if (!draft.hosts.has(name)) draft.hosts.set(name, { place, tables: [] });
      if (variables.size > 0) giveHost(name, variables, draft, diagnostics);
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    diagnostics.add({ code: 'range', message: `host "${entry}": ${error.message}`, place });
  }
}

/** Sets a port where a host is named first. Elsewhere Ansible ignores it, which is reported here. */
function givePort(name: string, port: number, given: HostEntry, draft: Draft, diagnostics: Diagnostics): void {
  const { entry, place } = given;
  const known = draft.hosts.get(name);
  if (known === undefined) {
    const variable = { value: port, layer: 'host', from: `host ${entry}`, ...(place && { place }) } as const;
    draft.hosts.set(name, { place, tables: [new Map([['ansible_port', variable]])] });
  } else if (known.tables.findLast((table) => table.has('ansible_port'))?.get('ansible_port')?.value !== port) {
    const first =
      known.place?.file === place?.file ? `line ${known.place?.line}` : `at ${known.place?.file}:${known.place?.line}`;
    diagnostics.add({
      code: 'contradiction',
      message: `host "${entry}": its port is not used, as ${name} was named before${known.place === undefined ? '' : `, ${first}`}`,
      place,
      hint: `write the port there, or ansible_port: ${port}`,
    });
  }
}

/** As in Ansible, variables of a host that has the name of a group are the variables of the group. */
function giveHost(name: string, variables: VariableTable, draft: Draft, diagnostics: Diagnostics): void {
  const group = draft.groups.get(name);
  if (group === undefined) draft.hosts.get(name)?.tables.push(variables);
  else {
    const ofGroup = [...variables].map(([key, variable]) => [key, { ...variable, layer: 'group' }] as const);
    giveGroup(group, new Map(ofGroup), diagnostics);
  }
}
