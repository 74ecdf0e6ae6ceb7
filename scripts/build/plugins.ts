import { basename, relative, sep } from 'node:path';
import type { OutputBundle, OutputChunk, Plugin } from 'rolldown';
import { minifySync } from 'rolldown/utils';
import { checkout } from './places.js';

/**
 * Resolution of imports that name a module as it is called when compiled. Of packages that have ES modules beside others, these are
 * taken: they are a third smaller and start faster, as what nobody imports is left out, and no bundler sees the imports of UMD.
 */
export const fromTypeScript = { extensionAlias: { '.js': ['.ts', '.js'] }, mainFields: ['module', 'main'] };

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
 * Leaves out what fastify brings for those who check by JSON Schema or log by pino: the service
 * checks by zod, and has its own log.
 */
export function leaveOutUnusedOfFastify(): Plugin {
  const unused =
    /\/node_modules\/(?:@fastify\/(?:ajv-compiler|fast-json-stringify-compiler)\/(?!.*\/node_modules\/)|pino\/pino\.js)/;
  return {
    name: 'leave-out-unused-of-fastify',
    load: (id) => (unused.test(id) ? "module.exports = () => () => { throw new Error('left out'); };" : undefined),
  };
}

/** Part of a chunk's code that is other packages', from which on it is minified. */
const mostlyForeign = 0.9;

/**
 * Minifies chunks that hold other packages, and next to nothing of ours: a stack trace through them tells little, and they
 * are half of the package. Names of functions and classes stay. It is done last: rolldown prints with white space what
 * comes out of `renderChunk`.
 */
export function minifyForeign(): Plugin {
  return {
    name: 'minify-foreign',
    generateBundle(_, bundle) {
      for (const chunk of chunksOf(bundle)) if (isForeign(chunk)) chunk.code = minified(chunk);
    },
  };
}

function isForeign({ modules }: OutputChunk): boolean {
  const sizes = Object.entries(modules).map(
    ([id, { renderedLength }]) => [id.includes('/node_modules/') ? renderedLength : 0, renderedLength] as const,
  );
  const all = sizes.reduce((sum, [, length]) => sum + length, 0);
  const foreign = sizes.reduce((sum, [length]) => sum + length, 0);
  return all > 0 && foreign / all >= mostlyForeign;
}

function minified({ fileName, code }: OutputChunk): string {
  const { code: shorter, errors } = minifySync(fileName, code, {
    module: true,
    compress: { keepNames: { function: true, class: true } },
    mangle: { keepNames: true },
    codegen: { removeWhitespace: true },
  });
  const [error] = errors;
  if (error !== undefined) throw new Error(`${fileName}: ${error.message}`);
  return shorter;
}

/**
 * Leaves out chunks that do nothing but give exports of another chunk their own names, for an `import()` of a module that
 * lies in a larger chunk: the names are given where it is imported.
 */
export function leaveOutFacades(): Plugin {
  return {
    name: 'leave-out-facades',
    generateBundle(_, bundle) {
      const chunks = chunksOf(bundle);
      for (const facade of chunks) {
        const [, names, behind] = /^export \{ ([^}]+) \} from "\.\/([^"]+)";\s*$/.exec(facade.code) ?? [];
        if (names === undefined || behind === undefined) continue;
        const own = names.split(', ').map((name) => name.split(' as '));
        const given = own.map(([name = '', as = name]) => `${as}: chunk.${name}`).join(', ');
        const name = basename(facade.fileName);
        for (const chunk of chunks)
          chunk.code = chunk.code.replaceAll(
            new RegExp(`import\\("([^"]*/)${name.replaceAll('.', '\\.')}"\\)`, 'g'),
            (_found, folder: string) => `import("${folder}${behind}").then((chunk) => ({ ${given} }))`,
          );
        if (chunks.every((chunk) => chunk === facade || !chunk.code.includes(name))) delete bundle[facade.fileName];
      }
    },
  };
}

function chunksOf(bundle: OutputBundle): OutputChunk[] {
  return Object.values(bundle).filter((file) => file.type === 'chunk');
}
