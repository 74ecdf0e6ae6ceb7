import { InvalidArgumentError } from 'commander';
import { parseAddress } from '../../registry/address.js';
import { limitsAt, type RegistryLimits, type WrittenLimits } from '../../registry/registry-limits.js';

/** Value of a limit for all registries of a command, or for one. */
export interface GivenLimit {
  readonly host: string | undefined;
  readonly value: number;
}

/** Options that limit what is asked of registries; each is repeatable. */
export interface LimitRequest {
  readonly rate: readonly GivenLimit[];
  readonly connections: readonly GivenLimit[];
  readonly bandwidth: readonly GivenLimit[];
  readonly reserve: readonly GivenLimit[];
}

/** Makes the parser of such an option: `N`, or `REGISTRY=N`. @param read reads the number @throws InvalidArgumentError */
export function limit(
  read: (text: string) => number,
): (text: string, previous: readonly GivenLimit[]) => readonly GivenLimit[] {
  return (text, previous) => {
    const [, host, number = ''] = /^(?:(.+)=)?(.*)$/s.exec(text) ?? [];
    return [...previous, { host: host === undefined ? undefined : hostOf(host), value: read(number) }];
  };
}

/**
 * Returns the limits of a registry: what is given for it comes before what is given for all, and that before a list's.
 */
export function limitsOf(request: LimitRequest, host: string, listed: WrittenLimits = {}): RegistryLimits {
  const own = limitsAt(listed, host);
  const limitIn = (given: readonly GivenLimit[]) =>
    (given.findLast((each) => each.host === host) ?? given.findLast((each) => each.host === undefined))?.value;
  return {
    rate: limitIn(request.rate) ?? own.rate,
    connections: limitIn(request.connections) ?? own.connections,
    bandwidth: limitIn(request.bandwidth) ?? own.bandwidth,
    reserve: limitIn(request.reserve) ?? own.reserve,
  };
}

/** Lists the registries that limits are given for and that a command does not ask. */
export function unusedLimits(request: LimitRequest, hosts: ReadonlySet<string>): string[] {
  const given = [request.rate, request.connections, request.bandwidth, request.reserve].flat();
  return [...new Set(given.flatMap(({ host }) => (host === undefined || hosts.has(host) ? [] : [host])))];
}

function hostOf(text: string): string {
  try {
    return parseAddress(text).host;
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}
