import { readdirSync, rmSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Plugin, rolldown } from 'rolldown';

/*
 * Packs what `tsc` wrote into few files, in place: reading some hundred small modules was half of what a run with nothing
 * to do took. Entries keep their paths; what they share lies in dist/chunks. The other files that tsc wrote stay: types,
 * and the embedded registry's program, which is sent to hosts file by file.
 */
const dist = fileURLToPath(new URL('../dist/', import.meta.url));

const entries = [
  'src/cli/main.js',
  'src/index.js',
  ...readdirSync(join(dist, 'roles')).map((role) => `roles/${role}/index.js`),
];

const bundle = await rolldown({
  input: Object.fromEntries(entries.map((entry) => [entry.slice(0, -'.js'.length), join(dist, entry)])),
  platform: 'node',
  // They have native parts, or load files of their own as they run.
  external: [/^(node-ssh|ssh2|jiti)$/],
  plugins: [whereModulesWere(), oneLanguage(), noCompiler(), noSourceMaps()],
  // Our modules do nothing by being loaded: a role that takes `file` from the index needs nothing else that is in it.
  treeshake: { moduleSideEffects: [{ test: /\/dist\/(src|roles)\//, sideEffects: false }] },
});
const { output } = await bundle.write({
  dir: dist,
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: 'chunks/[name]-[hash].js',
});
await bundle.close();
removeOlder(output.map(({ fileName }) => fileName));

/** Modules that ask where they are find their neighbours as before. */
function whereModulesWere(): Plugin {
  return {
    name: 'where-modules-were',
    transform(code, id) {
      if (!id.startsWith(dist) || !code.includes('import.meta.url')) return undefined;
      const path = relative(dist, id).split(sep).join('/');
      return code.replaceAll('import.meta.url', `new URL(${JSON.stringify(`../${path}`)}, import.meta.url).href`);
    },
  };
}

/** zod brings its messages in fifty languages; ours are English. */
function oneLanguage(): Plugin {
  return {
    name: 'one-language',
    load: (id) => (/zod\/v4\/locales\/index\.js$/.test(id) ? "export { default as en } from './en.js';" : undefined),
  };
}

/** zod compiles each schema into a function when it is first used, which pays after hundreds of values: no site has them. */
function noCompiler(): Plugin {
  const found = 'const jit = !core.globalConfig.jitless;';
  return {
    name: 'no-compiler',
    transform(code, id) {
      if (!/zod\/v4\/core\/schemas\.js$/.test(id)) return undefined;
      if (!code.includes(found)) throw new Error(`${id} has no ${found}`);
      return code.replace(found, 'const jit = false;');
    },
  };
}

/** handlebars does without source maps where that library is missing; ours are never asked for. */
function noSourceMaps(): Plugin {
  return {
    name: 'no-source-maps',
    load: (id) => (/\/source-map\/source-map\.js$/.test(id) ? "throw new Error('left out');" : undefined),
  };
}

/** Chunks of earlier builds go, but for the last hour's: a command that is running may still load one. */
function removeOlder(written: readonly string[]): void {
  for (const name of readdirSync(join(dist, 'chunks'))) {
    const path = join(dist, 'chunks', name);
    if (!written.includes(`chunks/${name}`) && Date.now() - statSync(path).mtimeMs > 3_600_000) rmSync(path);
  }
}
