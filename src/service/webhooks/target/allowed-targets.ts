import { BlockList, isIP } from 'node:net';

/** Targets that the configuration allows, though they would be refused: networks, addresses and names of hosts. */
export class AllowedTargets {
  readonly #networks = new BlockList();
  readonly #names = new Set<string>();

  /** @param entries each of them an {@link isAllowEntry} */
  constructor(entries: readonly string[]) {
    for (const entry of entries) {
      const [address = '', bits] = entry.split('/');
      const kind = isIP(address);
      if (kind === 0) this.#names.add(entry.toLowerCase());
      else this.#networks.addSubnet(address, Number(bits ?? (kind === 6 ? 128 : 32)), kind === 6 ? 'ipv6' : 'ipv4');
    }
  }

  hasName(host: string): boolean {
    return this.#names.has(host.toLowerCase());
  }

  hasAddress(address: string): boolean {
    return this.#networks.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  }
}

/** Returns true for a network, an address, or the name of a host. */
export function isAllowEntry(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const kind = isIP(address);
  if (kind === 0) return /^[a-zA-Z0-9]([a-zA-Z0-9.-]{0,251}[a-zA-Z0-9])?$/.test(text) && /[a-zA-Z]/.test(text);
  if (more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (kind === 6 ? 128 : 32));
}
