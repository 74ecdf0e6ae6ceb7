import { RegistryError } from '../../registry-error.js';
import { findContainers, runtimeOfContainer } from './container-runtime.js';
import type { GcHost, GcRuntime } from './runtime.js';
import { findActiveUnits, runtimeOfUnit, usualUnits } from './systemd-runtime.js';

/** Choice of one registry of a host that has several. */
export interface GcChoice {
  readonly unit?: string | undefined;
  readonly container?: string | undefined;
}

/**
 * Finds the distribution registry of a host: a unit of systemd that runs, or a container of docker or podman.
 * @throws RegistryError `input` when there is none, or more than one; `unsupported` for what can't be made read-only
 */
export async function findRuntime(host: GcHost, { unit, container }: GcChoice): Promise<GcRuntime> {
  const units = container === undefined ? await findActiveUnits(host, unit) : [];
  const containers = unit === undefined ? await findContainers(host, container) : [];
  const names = [...units.map((each) => each.unit), ...containers.map(({ engine, name }) => `${name} (${engine})`)];
  if (names.length > 1) {
    throw new RegistryError('input', `several registries run there: ${names.join(', ')}`, {
      hint: 'name one of them with --unit or --container',
    });
  }
  const [onlyUnit] = units;
  if (onlyUnit !== undefined) return runtimeOfUnit(host, onlyUnit);
  const [onlyContainer] = containers;
  if (onlyContainer !== undefined) return runtimeOfContainer(host, onlyContainer);
  const name = unit ?? container;
  if (name !== undefined) {
    throw new RegistryError('input', `${name} does not run there`, {
      hint: 'check its name, and that the user may see it; --become looks as root',
    });
  }
  throw new RegistryError(
    'input',
    `no registry runs there: looked for ${usualUnits.join(', ')} and containers of an image named registry`,
    {
      hint: 'name it with --unit or --container, and check that the user may see it; --become looks as root',
    },
  );
}
