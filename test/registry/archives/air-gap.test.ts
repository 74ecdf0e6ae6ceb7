import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openArchive } from '../../../src/registry/archive/open.js';
import { saveOciArchive } from '../../../src/registry/archive/write/save.js';
import { openRegistry } from '../../../src/registry/client/open.js';
import { syncImages } from '../../../src/registry/copy/sync-images.js';
import { hexOf } from '../../../src/registry/digest.js';
import type { WantedImages } from '../../../src/registry/lists/image-list.js';
import { installed, type StartedRegistry, startRegistry } from '../proxy/start-registry.js';
import { type MadeImage, makeImage, makeIndex } from './make-image.js';
import { skopeo } from './run-tool.js';

const possible = installed('skopeo') && installed('docker-registry');
const folder = mkdtempSync(join(tmpdir(), 'provision-air-gap-'));
const running: StartedRegistry[] = [];
afterAll(async () => {
  for (const registry of running) await registry.close();
  rmSync(folder, { recursive: true });
});

const one = makeImage({ layers: ['base', 'one'] });
const docker = makeImage({ layers: ['base', 'docker'], kind: 'docker' });
const both = makeIndex({ amd64: one, arm64: makeImage({ layers: ['base', 'two'], architecture: 'arm64' }) });
const images: Record<string, MadeImage> = { 'team/web:1.0': docker, 'team/web:both': both, 'team/other:2': one };

async function started(): Promise<StartedRegistry> {
  const registry = await startRegistry();
  running.push(registry);
  return registry;
}

const hostOf = ({ url }: StartedRegistry) => new URL(url).host;

/** An image as skopeo's `dir:` has it. */
function asDir({ raw, blobs }: MadeImage): string {
  const dir = mkdtempSync(join(folder, 'dir-'));
  for (const [digest, bytes] of blobs) {
    const isManifest = bytes.includes('"schemaVersion"');
    writeFileSync(
      join(dir, digest === raw.digest ? 'manifest.json' : `${hexOf(digest)}${isManifest ? '.manifest.json' : ''}`),
      bytes,
    );
  }
  return dir;
}

// Needs skopeo and docker-registry; where all is required, that one lacks is an error.
describe.skipIf(!possible)(
  `across an air gap${possible ? '' : ' (skopeo or docker-registry is not installed)'}`,
  () => {
    let from: StartedRegistry;
    beforeAll(async () => {
      from = await started();
      for (const [name, image] of Object.entries(images))
        skopeo(
          'copy',
          '--all',
          '--preserve-digests',
          '--dest-tls-verify=false',
          `dir:${asDir(image)}`,
          `docker://${hostOf(from)}/${name}`,
        );
    });

    it('from a registry into parts, and from them into another, with the same digests', async () => {
      const source = openRegistry({ host: hostOf(from) });
      const path = join(folder, 'carried.tar');
      const names = Object.keys(images).map((name) => name.split(':') as [string, string]);
      await saveOciArchive({
        images: names.map(([repository, tag]) => ({
          source,
          repository,
          reference: tag,
          name: `${hostOf(from)}/${repository}:${tag}`,
        })),
        path,
        splitSize: 4000,
      });
      await source.close();
      const archive = await openArchive(path);
      const target = openRegistry({ host: hostOf(await started()) });
      const wanted = archive.images().map(
        ({ repository = '', tag, digest }): WantedImages => ({
          source: undefined,
          repository,
          target: repository,
          targetRegistry: undefined,
          tags: [{ tag: undefined, digest, targetTag: tag }],
          patterns: undefined,
          platforms: undefined,
          attachments: undefined,
          place: undefined,
        }),
      );
      const [outcome] = await syncImages({ wanted, sourceOf: () => archive, targets: [target], verify: 'deep' });
      expect(
        outcome?.report.images.map(({ name, state, error }) => `${name} ${state} ${error?.message ?? ''}`).sort(),
      ).toEqual(['team/other:2 copied ', 'team/web:1.0 copied ', 'team/web:both copied ']);
      for (const [repository, tag] of names)
        expect((await target.head(repository, tag))?.digest).toBe(images[`${repository}:${tag}`]?.raw.digest);
      await archive.close();
      await target.close();
    });
  },
);
