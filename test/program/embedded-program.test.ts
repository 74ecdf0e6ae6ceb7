import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { checkout } from '../kit/provision.js';

/** As much as is used here of what is built: it is made of built files, and looks for them beside itself. */
interface Program {
  readonly files: readonly { readonly name: string; readonly bytes: Buffer }[];
}

// A file that is not among them would be missed on the first host only.
test('the program that is copied to hosts has all that its files import', async () => {
  const built = pathToFileURL(join(checkout, 'dist/src/resources/embedded/program.js')).href;
  const { RegistryProgram }: { RegistryProgram: new () => Program } = await import(built);
  const { files } = new RegistryProgram();
  const names = new Set(files.map(({ name }) => name));
  const missing = files.flatMap(({ name, bytes }) =>
    [...bytes.toString('utf8').matchAll(/(?:from|import)\s*\(?\s*['"](\.[^'"]+)['"]/g)]
      .map(([, path = '']) => join(dirname(name), path))
      .filter((path) => !names.has(path))
      .map((path) => `${name} imports ${path}`),
  );
  expect(missing).toEqual([]);
});
