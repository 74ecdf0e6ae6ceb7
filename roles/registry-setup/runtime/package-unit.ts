import { type Results, service, type TaskItem } from '../../../src/index.js';
import { platformOf } from '../instance/platform.js';
import type { InstanceContext, RegistryInstance } from '../instance/registry-instance.js';

/** Port that the package's own configuration has. */
const packagePort = 5000;

/** Name under which it is noted whether the package was installed now. */
export function installedAs({ name }: RegistryInstance): string {
  return `packages of ${name}`;
}

/**
 * The package's own unit, which some distributions start as soon as it is installed, open to everybody: where registries
 * have units of ours it is stopped if it came just now, or has the port that one of them needs.
 */
export function packageUnitStopped(instance: RegistryInstance, { when, role, installed }: InstanceContext): TaskItem {
  const { service: unit } = platformOf(instance.vars, role.facts);
  const inTheWay = (results: Results) => instance.port === packagePort || isChanged(results.get(installedAs(instance)));
  return service({
    when: (results) => when(results) && inTheWay(results),
    title: `${unit} leaves its port to ${instance.name}`,
    name: unit,
    state: 'stopped',
    enabled: false,
    needs: [...installed],
  });
}

function isChanged(registered: unknown): boolean {
  return (
    typeof registered === 'object' && registered !== null && 'changed' in registered && registered.changed === true
  );
}
