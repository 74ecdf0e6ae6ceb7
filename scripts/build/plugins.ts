import { join, relative, sep } from 'node:path';
import type { Plugin } from 'rolldown';
import { minifySync } from 'rolldown/utils';
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

/**
 * Leaves out what fastify brings for those who check by JSON Schema, log by pino or send requests to themselves: the service
 * checks by zod, has its own log, and listens.
 */
export function leaveOutUnusedOfFastify(): Plugin {
  const unused =
    /\/node_modules\/(?:@fastify\/(?:ajv-compiler|fast-json-stringify-compiler)\/(?!.*\/node_modules\/)|light-my-request\/index\.js|pino\/pino\.js)/;
  return {
    name: 'leave-out-unused-of-fastify',
    load: (id) => (unused.test(id) ? "module.exports = () => () => { throw new Error('left out'); };" : undefined),
  };
}

/** Part of a chunk's code that is other packages', from which on it is minified. */
const mostlyForeign = 0.9;

/**
 * Minifies chunks that hold other packages, and next to nothing of ours: a stack trace through them tells little, and they
 * are half of the package. Names of functions and classes stay.
 */
export function minifyForeign(): Plugin {
  return {
    name: 'minify-foreign',
    renderChunk(code, chunk) {
      const sizes = Object.entries(chunk.modules).map(
        ([id, { renderedLength }]) => [id.includes('/node_modules/') ? renderedLength : 0, renderedLength] as const,
      );
      const all = sizes.reduce((sum, [, length]) => sum + length, 0);
      const foreign = sizes.reduce((sum, [length]) => sum + length, 0);
      if (all === 0 || foreign / all < mostlyForeign) return undefined;
      const { code: minified, errors } = minifySync(chunk.fileName, code, {
        module: true,
        compress: { keepNames: { function: true, class: true } },
        mangle: { keepNames: true },
        codegen: { removeWhitespace: true },
      });
      const [error] = errors;
      if (error !== undefined) throw new Error(`${chunk.fileName}: ${error.message}`);
      return minified;
    },
  };
}
