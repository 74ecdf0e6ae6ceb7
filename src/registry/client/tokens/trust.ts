import type { RegistryTrust } from '../registry.js';

/**
 * Completes the options to reach a registry: https by default, plain http on this machine itself, as docker does. It is
 * a rule, not a second try: a registry that should speak https is never asked by http.
 */
export function trustOf(host: string, told: Partial<RegistryTrust> = {}): RegistryTrust {
  return { ...told, scheme: told.scheme ?? (isLoopbackHost(host) ? 'http' : 'https') };
}

/** Returns true for a registry on this machine itself, which docker trusts as it is. */
export function isLoopbackHost(host: string): boolean {
  const name = host.replace(/:\d+$/, '');
  return name === 'localhost' || /^127\.\d+\.\d+\.\d+$/.test(name) || name === '[::1]';
}
