import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readAll } from '../../../../test/registry/archives/read-all.js';
import { digestOf } from '../../digest.js';
import { openArchive } from '../open.js';
import { exampleImage, exampleName } from './example-image.js';

const folder = mkdtempSync(join(tmpdir(), 'provision-example-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('the example is the same bytes everywhere, and an image for two platforms', async () => {
  expect(digestOf(exampleImage())).toMatchInlineSnapshot(
    `"sha256:8c295674e9efff0178bc61cbd68a8d015b234d5aa5152c8fa9343c78419d43da"`,
  );
  const path = join(folder, 'example.tar');
  writeFileSync(path, exampleImage());
  const archive = await openArchive(path);
  expect(archive.images().map(({ name, repository, tag }) => ({ name, repository, tag }))).toEqual([
    { name: exampleName, repository: 'quickstart/hello', tag: '1.0' },
  ]);
  expect(await readAll(archive)).toMatchInlineSnapshot(`
    [
      "quickstart/hello:1.0 sha256:80397ebe07c1ffea75ee7b70880daca9a8e63725295984690e32256079f9a527 (sha256:c2073f84b0402a75fe7c2be58eb4fc4bd6364e791377b98176d630c9e90d33d5 (319, 2071), sha256:9a06cadaf5f5e6501909931d0bb60bace9792f27e2c300564401ce11713718e9 (319, 2071))",
    ]
  `);
  await archive.close();
});
