import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { digestOf, hexOf } from '../../../src/registry/digest.js';
import { mediaTypes } from '../../../src/registry/media-types.js';
import { type RegistryServer, serveRegistry } from '../../../src/registry/server/serve.js';
import { installed } from '../proxy/start-registry.js';

const run = promisify(execFile);
const skopeo = (...words: readonly string[]) => run('skopeo', ['--insecure-policy', ...words]);

describe.skipIf(!installed('skopeo'))('skopeo (where it is installed)', () => {
  let home: string;
  let server: RegistryServer;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'provision-skopeo-'));
    server = await serveRegistry({ dir: join(home, 'storage'), delete: true });
    await makeDirImage(join(home, 'image'));
  });
  afterAll(async () => {
    await server.close();
    await rm(home, { recursive: true });
  });

  test('pushes and pulls, and what comes back are the same bytes', async () => {
    const image = `docker://${server.host}/by/skopeo:1.0`;
    await skopeo('copy', '--dest-tls-verify=false', `dir:${home}/image`, image);
    await skopeo('copy', '--src-tls-verify=false', image, `dir:${home}/back`);
    const [there, back] = await Promise.all(
      ['image', 'back'].map((folder) => readFile(join(home, folder, 'manifest.json'), 'utf8')),
    );
    expect(back).toBe(there);
    const { stdout } = await skopeo('inspect', '--tls-verify=false', image);
    expect(JSON.parse(stdout)).toMatchObject({ RepoTags: ['1.0'], Digest: digestOf(Buffer.from(there ?? '')) });
  });

  test('copies from one repository to another, with mounts, and deletes', async () => {
    const [from, to] = ['by/one:1', 'by/other:1'].map((name) => `docker://${server.host}/${name}`);
    if (from === undefined || to === undefined) throw new Error('two of two');
    await skopeo('copy', '--dest-tls-verify=false', `dir:${home}/image`, from);
    await skopeo('copy', '--src-tls-verify=false', '--dest-tls-verify=false', from, to);
    await skopeo('delete', '--tls-verify=false', from);
    await expect(skopeo('inspect', '--tls-verify=false', from)).rejects.toThrow(/manifest unknown/);
    await skopeo('inspect', '--tls-verify=false', to);
  });

  test('syncs a folder of images', async () => {
    await mkdir(join(home, 'images'));
    await cp(join(home, 'image'), join(home, 'images/app:2.0'), { recursive: true });
    const target = `${server.host}/synced`;
    await skopeo('sync', '--src', 'dir', '--dest', 'docker', '--dest-tls-verify=false', join(home, 'images'), target);
    const { stdout } = await skopeo('list-tags', '--tls-verify=false', `docker://${target}/app`);
    expect(JSON.parse(stdout)).toMatchObject({ Tags: ['2.0'] });
  });
});

/** An image as skopeo keeps it in a folder; its layer is a few megabytes that do not compress. */
async function makeDirImage(folder: string): Promise<void> {
  await mkdir(folder);
  const write = async (bytes: Buffer) => {
    await writeFile(join(folder, hexOf(digestOf(bytes))), bytes);
    return { digest: digestOf(bytes), size: bytes.length };
  };
  const blocks: Buffer[] = [];
  for (let block = digestOf(Buffer.from('seed')); blocks.length < 60_000; block = digestOf(Buffer.from(block))) {
    blocks.push(Buffer.from(block.slice('sha256:'.length), 'hex'));
  }
  const layer = await write(gzipSync(Buffer.concat(blocks))); // A layer that isn't compressed skopeo would compress.
  const config = await write(
    Buffer.from(
      JSON.stringify({ architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: [layer.digest] } }),
    ),
  );
  await writeFile(join(folder, 'version'), 'Directory Transport Version: 1.1\n');
  await writeFile(
    join(folder, 'manifest.json'),
    JSON.stringify({
      schemaVersion: 2,
      mediaType: mediaTypes.ociManifest,
      config: { mediaType: mediaTypes.ociConfig, ...config },
      layers: [{ mediaType: mediaTypes.ociLayerGzip, ...layer }],
    }),
  );
}
