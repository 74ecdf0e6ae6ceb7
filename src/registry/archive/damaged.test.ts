import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { json, layoutFiles, makeImage, makeIndex, refName } from '../../../test/registry/archives/make-image.js';
import { entriesOf, makeTar } from '../../../test/registry/archives/make-tar.js';
import { readAll } from '../../../test/registry/archives/read-all.js';
import { Seeded } from '../../../test/registry/proxy/seeded.js';
import { hexOf } from '../digest.js';
import { RegistryError } from '../registry-error.js';
import { openArchive } from './open.js';

const folder = mkdtempSync(join(tmpdir(), 'provision-damaged-'));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'a.tar');

const one = makeImage({ layers: ['base', 'one'] });
const top = 'd'.repeat(64);
const formats: Record<string, Map<string, string | Buffer>> = {
  'an OCI layout': layoutFiles([{ image: makeIndex({ amd64: one }), annotations: refName('web:1') }]),
  "docker's save": new Map([
    ['c.json', one.config],
    ['0.tar', one.tars[0] ?? ''],
    ['1.tar', one.tars[1] ?? ''],
    ['manifest.json', json([{ Config: 'c.json', RepoTags: ['web:1'], Layers: ['0.tar', '1.tar'] }])],
  ]),
  "docker's first save": new Map([
    ['repositories', json({ web: { '1': top } })],
    [`${top}/json`, json({ id: top, os: 'linux' })],
    [`${top}/layer.tar`, one.tars[0] ?? ''],
  ]),
  "skopeo's dir": new Map(
    [...one.blobs].map(([digest, bytes]) => [digest === one.raw.digest ? 'manifest.json' : hexOf(digest), bytes]),
  ),
  "Pulp's export": new Map([
    ['web.json', json({ version: 1, 'repo-registry-id': 'web', tags: { '1': top } })],
    [`web/${top}/ancestry`, json([top])],
    [`web/${top}/json`, json({ id: top, os: 'linux' })],
    [`web/${top}/layer`, one.tars[0] ?? ''],
  ]),
};

it.each(Object.keys(formats))('%s with bytes changed is refused in words, or read and checked', async (format) => {
  const whole = makeTar(entriesOf(formats[format] ?? new Map()));
  for (let seed = 0; seed < 150; seed += 1) {
    const random = new Seeded(`${format} ${seed}`);
    const damaged = Buffer.from(whole);
    for (let change = random.between(1, 4); change > 0; change -= 1)
      damaged[random.between(0, damaged.length - 1)] = random.between(0, 255);
    writeFileSync(path, random.next() < 0.2 ? damaged.subarray(0, random.between(0, damaged.length)) : damaged);
    await openAndRead().catch((error) => {
      if (!(error instanceof RegistryError)) throw new Error(`seed ${seed}`, { cause: error });
      expect(error.message).toContain(path);
    });
  }
}, 60_000);

async function openAndRead(): Promise<void> {
  const archive = await openArchive(path);
  try {
    await readAll(archive);
  } finally {
    await archive.close();
  }
}
