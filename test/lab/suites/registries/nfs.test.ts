import { beforeAll, describe, expect, it } from 'vitest';
import { named, provisionJson } from '../../../kit/provision.js';
import { holding } from '../../../kit/vitest/holding.js';
import { resetHost, ssh } from '../../lab.js';
import { registriesByApi } from './registries-by-api.js';
import { registriesOnShares } from './registries-on-shares.js';

holding('nfs1');

const site = ['test/lab/suites/sites/nfs.yaml', '-i', 'inventories/lab.yaml', '--limit', 'nfs'];

/** The kernel's own NFS, in the virtual machine. */
describe('a registry served from an NFS share', () => {
  beforeAll(() => resetHost('nfs1'));

  it('exports, mounts and serves', async () => {
    const run = await provisionJson(site);
    expect(named(run.tasks, 'failed'), run.stderr).toEqual([]);
    expect(run.status).toBe(0);
    expect((await ssh('nfs1', 'exportfs -v')).stdout).toMatch(/\/var\/export\/registry31\s+<world>\(.*all_squash/);
    expect((await ssh('nfs1', 'findmnt -n -o FSTYPE,SOURCE /srv/registry31')).stdout).toMatch(
      /nfs4?\s+localhost:\/var\/export\/registry31/,
    );
    expect((await ssh('nfs1', 'curl -s -o /dev/null -w %{http_code} http://localhost:5000/v2/')).stdout).toBe('200');
  });

  it('is done', async () => {
    const run = await provisionJson(site);
    expect(named(run.tasks, 'changed', 'kept', 'failed')).toEqual([]);
  });

  it('takes a push while it may be written, onto the share', async () => {
    await makeImage();
    expect(await push('probe:1.0')).toMatchObject({ exitCode: 0 });
    expect((await ssh('nfs1', 'ls /var/export/registry31/docker/registry/v2/repositories')).stdout).toBe('probe');
  });

  it('refuses a push and serves a pull once it is read-only', async () => {
    const run = await provisionJson([...site, '-e', '{"read_only": true}', '--force']);
    expect(named(run.tasks, 'failed')).toEqual([]);
    const refused = await push('other:1.0');
    expect(refused.exitCode).not.toBe(0);
    expect(refused.stderr).toMatch(/405|not allowed|unsupported|disabled/i);
    expect(
      await ssh(
        'nfs1',
        'rm -rf /tmp/pulled && skopeo copy --src-tls-verify=false docker://localhost:5000/probe:1.0 dir:/tmp/pulled',
      ),
    ).toMatchObject({
      exitCode: 0,
    });
    const again = await provisionJson([...site, '-e', '{"read_only": true}']);
    expect(named(again.tasks, 'changed', 'kept', 'failed')).toEqual([]);
  });

  async function makeImage(): Promise<void> {
    const made = await ssh(
      'nfs1',
      `mkdir -p /tmp/image/blobs/sha256 && cd /tmp/image && mkdir -p layer && echo hello > layer/hello && tar -C layer -cf layer.tar . &&
       put() { d=$(sha256sum "$1" | cut -d" " -f1); cp "$1" blobs/sha256/$d; echo $d; }
       l=$(put layer.tar); printf '{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":["sha256:%s"]},"config":{}}' $l > config; c=$(put config)
       printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:%s","size":%s},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"sha256:%s","size":%s}]}' $c $(stat -c %s config) $l $(stat -c %s layer.tar) > manifest; m=$(put manifest)
       printf '{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:%s","size":%s}]}' $m $(stat -c %s manifest) > index.json; printf '{"imageLayoutVersion":"1.0.0"}' > oci-layout`,
    );
    expect(made).toMatchObject({ exitCode: 0 });
  }

  function push(name: string) {
    return ssh('nfs1', `skopeo copy --dest-tls-verify=false oci:/tmp/image docker://localhost:5000/${name}`);
  }
});

describe('registries of several versions, on the shares of theirs', registriesOnShares);

describe('registries that a service manages, on the shares of theirs', registriesByApi);
