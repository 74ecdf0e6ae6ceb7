import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/*
 * Two builds: what browsers load (`vite build`), with a name for each content, and what the service makes pages with
 * (`vite build --ssr`), one file without other packages.
 */
export default defineConfig(({ isSsrBuild }) => ({
  root: folder('.'),
  publicDir: false,
  logLevel: 'error',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  ssr: { noExternal: true },
  build: {
    outDir: folder(isSsrBuild ? '../dist/web/server' : '../dist/web/client'),
    emptyOutDir: true,
    target: isSsrBuild ? 'node20' : 'es2022',
    modulePreload: false,
    minify: true,
    assetsInlineLimit: 0,
    rollupOptions: isSsrBuild
      ? { input: folder('src/server.tsx'), output: { entryFileNames: 'server.js', codeSplitting: false } }
      : {
          input: folder('src/client.tsx'),
          output: {
            // What several groups of pages use is one file: a request costs more than a few bytes too many.
            codeSplitting: { groups: [{ name: 'shared', minShareCount: 2 }] },
            entryFileNames: 'page-[hash].js',
            chunkFileNames: '[name]-[hash].js',
            assetFileNames: '[name]-[hash][extname]',
          },
        },
    manifest: isSsrBuild ? false : 'manifest.json',
  },
}));
