import { join, relative, sep } from 'node:path';
import type { Plugin } from 'rolldown';
import { checkout } from './places.js';

/**
 * Resolution of imports that name a module as it is called when compiled. jsonc-parser's main file is UMD, whose imports
 * no bundler sees: its ES modules are taken.
 */
export const fromTypeScript = {
  extensionAlias: { '.js': ['.ts', '.js'] },
  alias: { 'jsonc-parser': join(checkout, 'node_modules/jsonc-parser/lib/esm/main.js') },
};

/** Lets modules that ask where they are find their neighbours as if each were a file of its own. */
export function keepModuleUrls(): Plugin {
  return {
    name: 'keep-module-urls',
    transform(code, id) {
      const path = relative(checkout, id).split(sep).join('/');
      if (!/^(src|roles)\//.test(path) || !code.includes('import.meta.url')) return undefined;
      const url = JSON.stringify(`../${path.replace(/\.ts$/, '.js')}`);
      return code.replaceAll('import.meta.url', `new URL(${url}, import.meta.url).href`);
    },
  };
}

/** Leaves out zod's messages in fifty languages; ours are English. */
export function leaveOutLanguages(): Plugin {
  return {
    name: 'leave-out-languages',
    load: (id) => (/zod\/v4\/locales\/index\.js$/.test(id) ? "export { default as en } from './en.js';" : undefined),
  };
}

/** Keeps zod from compiling each schema when it is first used: that pays after hundreds of values, and no site has them. */
export function leaveOutCompiler(): Plugin {
  const found = 'const jit = !core.globalConfig.jitless;';
  return {
    name: 'leave-out-compiler',
    transform(code, id) {
      if (!/zod\/v4\/core\/schemas\.js$/.test(id)) return undefined;
      if (!code.includes(found)) throw new Error(`${id} has no ${found}`);
      return code.replace(found, 'const jit = false;');
    },
  };
}

/** Leaves out the library of source maps, which handlebars does without; ours are never asked for. */
export function leaveOutSourceMaps(): Plugin {
  return {
    name: 'leave-out-source-maps',
    load: (id) => (/\/source-map\/source-map\.js$/.test(id) ? "throw new Error('left out');" : undefined),
  };
}
