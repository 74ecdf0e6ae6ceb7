import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';
import { checkout, dist } from './places.js';

/** Builds the pages of the service: what browsers load, and what makes them. @returns names of the files in dist */
export async function buildWeb(): Promise<string[]> {
  const configFile = join(checkout, 'web/vite.config.ts');
  await build({ configFile });
  await build({ configFile, build: { ssr: true } });
  return readdirSync(join(dist, 'web'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dist.length));
}
