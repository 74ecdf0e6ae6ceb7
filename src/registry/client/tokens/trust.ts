import type { RegistryTrust } from '../registry.js';

/**
 * How a registry is reached when nobody says: by https, and by plain http where it is this machine itself, as docker
 * does. It is a rule, not a second try: a registry that should speak https is never asked by http.
 */
export function trustOf(host: string, told: Partial<RegistryTrust> = {}): RegistryTrust {
  return { ...told, scheme: told.scheme ?? (isLoopbackHost(host) ? 'http' : 'https') };
}

/** Whether a registry is on this machine itself, which docker trusts as it is. */
export function isLoopbackHost(host: string): boolean {
  const name = host.replace(/:\d+$/, '');
  return name === 'localhost' || /^127\.\d+\.\d+\.\d+$/.test(name) || name === '[::1]';
}
