import { createJiti } from 'jiti';
import { outsideSessions } from '../../diagnostics/secrets/session-secrets.js';

/**
 * Imports a module of the user's, which may be TypeScript, and finds this very package and its zod under their names
 * wherever the module lies.
 */
export async function importModule(file: string): Promise<unknown> {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const self: unknown = await import(new URL(`../../index.${extension}`, import.meta.url).href);
  const jiti = createJiti(import.meta.url, {
    virtualModules: { 'registry-provision': self, zod: await import('zod') },
    fsCache: false,
  });
  // Whatever a module keeps stays for all sessions, as Node imports it once.
  return outsideSessions(() => jiti.import(file));
}
