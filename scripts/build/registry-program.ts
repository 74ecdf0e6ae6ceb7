import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { rolldown } from 'rolldown';
import { builtFiles } from './built-files.js';
import { licensesOf } from './licenses.js';
import { checkout, dist } from './places.js';
import { fromTypeScript, leaveOutCompiler, leaveOutLanguages, minifyForeign } from './plugins.js';

const entries = ['registry/server/main', 'registry/supervisor/supervise'];

/**
 * Bundles the embedded registry's program, which is copied to hosts: two scripts that need nothing but Node beside them.
 * Returns the names of its files below dist.
 */
export async function bundleRegistryProgram(): Promise<readonly string[]> {
  const built = await Promise.all(entries.map(bundleScript));
  const texts = new Map([
    ['package.json', '{"type":"module"}\n'],
    ['LICENSES.txt', licensesOf(built.flatMap(({ foreignModules }) => foreignModules))],
  ]);
  for (const [name, text] of texts) writeFileSync(join(dist, folder, name), text);
  return [...built.flatMap(({ names }) => names), ...texts.keys()].map((name) => `${folder}/${name}`);
}

const folder = 'registry-program';

async function bundleScript(entry: string) {
  const bundle = await rolldown({
    input: { [entry]: join(checkout, 'src', `${entry}.ts`) },
    platform: 'node',
    resolve: fromTypeScript,
    plugins: [leaveOutLanguages(), leaveOutCompiler(), minifyForeign()],
    treeshake: { moduleSideEffects: [{ test: /^(?!.*\/node_modules\/).*\/src\//, sideEffects: false }] },
  });
  const { output } = await bundle.write({
    dir: join(dist, folder),
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: `${dirname(entry)}/[name].js`,
    comments: false,
  });
  await bundle.close();
  return builtFiles(output);
}
