import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { rolldown } from 'rolldown';
import { dts } from 'rolldown-plugin-dts';
import { checkout, dist } from './places.js';

const entries = ['src/index', 'src/service-client/connect'];

/*
 * Compiles the types of the library into dist: of what index.ts and the client of a service export, and of what
 * those need, a file for each of the two. Packages have them; the checkout runs without, so that a newcomer's first
 * command need not wait for the compiler. `npm run build:types`.
 */
const folder = join(checkout, 'node_modules/.cache/registry-provision/types');
const options = { cwd: checkout, preferLocal: true, stdio: 'inherit' } as const;
// Types are checked by `npm run check`; here they are only written.
await execa('tsc', ['-p', 'tsconfig.build.json', '--noCheck', '--outDir', folder], options);
for (const name of readdirSync(dist, { recursive: true, encoding: 'utf8' }))
  if (name.endsWith('.d.ts')) rmSync(join(dist, name));
for (const entry of entries) {
  // One at a time: what both have would be in a third file, whose name changes with its text.
  const bundle = await rolldown({
    input: { [entry]: join(folder, `${entry}.d.ts`) },
    plugins: [dts({ dtsInput: true })],
    external: /^(?![./])/,
    cwd: folder,
  });
  await bundle.write({ dir: dist, format: 'esm' });
  await bundle.close();
}
