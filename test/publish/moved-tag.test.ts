import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { acceptManifests } from '../../src/registry/media-types.js';
import { runPublish } from '../registry/admin/run-command.js';
import { layoutFiles, makeImage, makeIndex, refName } from '../registry/archives/make-image.js';
import { entriesOf } from '../registry/archives/make-tar.js';
import { ask, startCrane, type TestCrane } from './crane-kit.js';
import { writeTar } from './published-kit.js';

/* Folders of Pulp's tree differ by the kind of a manifest, so that a tag can be in two of them. */

const image = makeImage({ layers: ['alone'] });
const index = makeIndex({
  amd64: makeImage({ layers: ['x'] }),
  arm64: makeImage({ layers: ['y'], architecture: 'arm64' }),
});
const made = { image, index };
const schema2 = 'application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.manifest.v1+json';

let folder: string;
let crane: TestCrane | undefined;
const at = (name: string) => join(folder, name);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'publish-moved-'));
  for (const [name, each] of Object.entries(made)) {
    const files = layoutFiles([{ image: each, annotations: refName('web:1.0') }]);
    writeTar(at(`${name}.tar`), entriesOf(files));
  }
});
afterEach(async () => {
  await crane?.close();
  crane = undefined;
  rmSync(folder, { recursive: true });
});

async function publish(name: keyof typeof made, ...more: string[]): Promise<string[]> {
  const words = ['--to', at('store'), 'web', at(`${name}.tar`), '--layout', 'pulp', '--url', 'http://cdn.example.com'];
  const { status, stdout, stderr } = await runPublish(...words, '--redirect-file', at('web.json'), ...more);
  expect(status, stderr).toBe(0);
  return stdout.split('\n').filter((line) => /^(?:Deleted|Would delete)/.test(line));
}

/** Returns the digest that a client is given for the tag. */
async function given(accept: string): Promise<unknown> {
  await crane?.close();
  crane = await startCrane({ 'web.json': readFileSync(at('web.json')) }, { folders: { v2: at('store') } });
  const { status, headers } = await ask(crane.url, '/v2/web/manifests/1.0', { headers: { accept } });
  return status === 200 ? headers['docker-content-digest'] : status;
}

const folderOf = { image: '2', index: 'list' } as const;

describe.each([
  ['index', 'image'],
  ['image', 'index'],
] as const)('a tag of an %s that is one of an %s now', (before, now) => {
  const old = `web/manifests/${folderOf[before]}/1.0`;

  it('is given as what it is, whatever a client accepts', async () => {
    await publish(before);
    expect(await given(acceptManifests)).toBe(made[before].raw.digest);
    expect(await publish(now, '--dry-run')).toEqual([`Would delete ${at('store')}:${old}`]);
    expect(existsSync(at(`store/${old}`))).toBe(true);
    expect(await publish(now)).toEqual([`Deleted ${at('store')}:${old}`]);
    expect(existsSync(at(`store/${old}`))).toBe(false);
    expect(await given(acceptManifests)).toBe(made[now].raw.digest);
    // Of an index, a client that takes no list is given the image for linux/amd64.
    expect(await given(schema2)).not.toBe(made[before].raw.digest);
    expect(await publish(now)).toEqual([]);
  });

  it('leaves nothing behind where a run was killed before it deleted', async () => {
    await publish(before);
    const bytes = readFileSync(at(`store/${old}`));
    const types = readFileSync(at(`store/.objects/${old}`));
    await publish(now);
    writeFileSync(at(`store/${old}`), bytes);
    writeFileSync(at(`store/.objects/${old}`), types);
    expect(await publish(now)).toEqual([`Deleted ${at('store')}:${old}`]);
    expect(await given(acceptManifests)).toBe(made[now].raw.digest);
  });

  it('stays as it was where no redirect file is written: the one that there is still leads to it', async () => {
    await publish(before);
    const words = ['--to', at('store'), 'web', at(`${now}.tar`), '--layout', 'pulp'];
    expect(await runPublish(...words)).toMatchObject({ status: 0 });
    expect(existsSync(at(`store/${old}`))).toBe(true);
    expect(await given(acceptManifests)).toBe(made[before].raw.digest);
  });
});
