import { afterAll, beforeAll, expect, it } from 'vitest';
import { labHost, type Scratch, scratch } from '../../../kit/inventory.js';
import { named, provisionJson } from '../../../kit/provision.js';
import { ssh } from '../../lab.js';

const host = 'nfs1';
/** Exports for registries of three versions. */
export const sharesOfVersions = [31, 32, 33].map((version) => ({
  path: `/var/export/registry${version}`,
  mode: '0777',
  clients: '*(rw,sync,no_wdelay,no_subtree_check,all_squash)',
}));
const site = `
- hosts: all
  vars:
    nfs_exports: ${JSON.stringify(sharesOfVersions)}
    registry_storage_nfs: { server: 127.0.0.1, path: "/var/export/registry{version}" }
    registry_storage_min_free: 50M
    registry_instances:
      - port: 5000
        version: 31
        gc_schedule: Sun 03:00
        gc_delete_untagged: true
        backup_schedule: daily
        backup_directory: /srv/registry/registry5000/backups
        backup_keep: 1
      - { port: 5001, version: 32, backup_schedule: daily, backup_directory: /srv/backups }
      - { port: 5002, version: "{{default third 33}}", read_only: true }
  roles: [nfs-export, registry-setup]
`;

/** Takes away all but the packages that one registry on one share has left: an emulated machine takes minutes to install them. */
const cleared = `systemctl disable -q --now docker-registry && umount /srv/registry31 && sed -i '\\,/srv/registry31,d' /etc/fstab
rm -rf /etc/exports /etc/docker/registry/config.yml* /srv/registry31 && exportfs -ua && rm -rf /var/export && systemctl daemon-reload && cat /proc/fs/nfsd/exports | grep -c var/export || :`;

/** Registries of three versions, side by side, each on the NFS share of its version; on a host that had one. */
export const registriesOnShares = () => {
  let folder: Scratch;
  let args: string[];

  beforeAll(async () => {
    folder = scratch();
    args = [folder.write('site.yaml', site), '-i', folder.inventory({ [host]: labHost(host) })];
    expect(await run(cleared)).toBe('0');
  });
  afterAll(() => folder.remove());

  const run = async (command: string) => {
    const { exitCode, stdout, stderr } = await ssh(host, command);
    expect({ command, exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ command, exitCode: 0, stderr: '' });
    return stdout;
  };
  const catalog = (port: number) => run(`curl -s http://localhost:${port}/v2/_catalog`);
  const pushStatus = (port: number) =>
    run(`curl -s -o /dev/null -w %{http_code} -X POST http://localhost:${port}/v2/probe/blobs/uploads/`);

  it('come up', async () => {
    const first = await provisionJson(args);
    expect(named(first.tasks, 'failed', 'kept'), first.stderr).toEqual([]);
    expect(await run('grep -o "^[^ ]* /srv/registry/registry500.*nfs4" /proc/mounts')).toBe(
      [31, 32, 33].map((v, n) => `127.0.0.1:/var/export/registry${v} /srv/registry/registry500${n} nfs4`).join('\n'),
    );
    expect(
      await run(
        'systemd-analyze verify /etc/systemd/system/provision-registry-*.{service,timer} /etc/systemd/system/*.mount 2>&1',
      ),
    ).toBe('');
  });

  it('are done', async () => {
    const second = await provisionJson(args);
    expect(named(second.tasks, 'changed', 'kept', 'failed')).toEqual([]);
  });

  it('have each the images of its version, and refuse writes where they are read-only', async () => {
    await makeImages();
    await run(push(5000, 'one', 'probe31'));
    await run(push(5001, 'one', 'probe32'));
    await run(
      'cp -r /srv/registry/registry5000/docker /srv/registry/registry5002/ && cd /srv/registry/registry5002/docker/registry/v2/repositories && mv probe31 probe33',
    );
    expect(await Promise.all([5000, 5001, 5002].map(catalog))).toEqual(
      [31, 32, 33].map((version) => `{"repositories":["probe${version}"]}`),
    );
    expect(await Promise.all([5000, 5001, 5002].map(pushStatus))).toEqual(['202', '202', '405']);
  });

  it('change to another version at their port when forced, and read-only ones stay so', async () => {
    const other = [...args, '-e', 'third=31'];
    const kept = await provisionJson(other);
    expect(named(kept.tasks, 'changed', 'failed')).toEqual([]);
    expect(named(kept.tasks, 'kept')).toEqual(['nfs1 registry-setup mount_unit /srv/registry/registry5002']);
    expect(await catalog(5002)).toBe('{"repositories":["probe33"]}');
    const forced = await provisionJson([...other, '--force']);
    expect(named(forced.tasks, 'failed', 'kept')).toEqual([]);
    expect(named(forced.tasks, 'changed')).toEqual(['nfs1 registry-setup mount_unit /srv/registry/registry5002']);
    expect(await catalog(5002)).toBe('{"repositories":["probe31"]}');
    expect(await pushStatus(5002)).toBe('405');
  });

  it('lose their garbage, and nothing that a tag leads to', async () => {
    const blobs = () => run('find /var/export/registry31/docker/registry/v2/blobs -name data | wc -l');
    await run(push(5000, 'two', 'probe31'));
    expect(await blobs()).toBe('6');
    await run('systemctl start provision-registry-gc-registry5000');
    expect(await run('journalctl -u provision-registry-gc-registry5000 -o cat -q | grep ^registry5000')).toBe(
      'registry5000: 3 blobs collected\nregistry5000: all that the tags lead to is there (3 blobs)',
    );
    expect(await blobs()).toBe('3');
    await run(
      `rm -rf /tmp/pulled && skopeo copy -q --src-tls-verify=false docker://localhost:5000/probe31:1.0 dir:/tmp/pulled`,
    );
    expect(await pushStatus(5000)).toBe('202');
  });

  it('take writes again when the collection was killed', async () => {
    await run('systemctl start --no-block provision-registry-gc-registry5000');
    await run(
      'for i in $(seq 100); do [ ! -e /run/systemd/system/provision-registry-registry5000.service.d/provision-gc.conf ] || break; sleep 0.1; done; [ $i -lt 100 ]; systemctl kill -s KILL provision-registry-gc-registry5000',
    );
    await run(
      'for i in $(seq 300); do systemctl is-failed -q provision-registry-gc-registry5000 && break; sleep 0.1; done; for i in $(seq 100); do curl -sf http://localhost:5000/v2/ && break; sleep 0.1; done; ! ls /run/provision-registry-gc/registry5000',
    );
    expect(await pushStatus(5000)).toBe('202');
  });

  it('are copied: by hard links on the share, elsewhere as a tar, the last of them kept', async () => {
    await run(
      'systemctl start provision-registry-backup-registry5000 provision-registry-backup-registry5001 && sleep 1 && systemctl start provision-registry-backup-registry5000',
    );
    const inside = 'docker/registry/v2';
    expect(await run('ls -A /var/export/registry31/backups | wc -l')).toBe('1');
    expect(await run(`find /var/export/registry31/backups/*/${inside}/blobs -name data -links +1 | wc -l`)).toBe('3');
    expect(
      await run(
        `cd /var/export/registry31 && diff -r backups/*/${inside}/repositories/probe31/_manifests ${inside}/repositories/probe31/_manifests`,
      ),
    ).toBe('');
    expect(await run(`tar -tf /srv/backups/registry5001-*.tar | grep -c /data$`)).toBe('3');
  });

  it('do not start on the bare directory while the share is away, and come back with it', async () => {
    const directory = '/srv/registry/registry5001';
    await run(`exportfs -u '*:/var/export/registry32' && umount -l ${directory}`);
    await run(
      'for i in $(seq 100); do systemctl is-active -q provision-registry-registry5001 || break; sleep 0.1; done',
    );
    const started = await ssh(host, 'timeout 60 systemctl start provision-registry-registry5001');
    expect(started.exitCode).not.toBe(0);
    expect((await ssh(host, `touch ${directory}/file`)).stderr).toContain('Operation not permitted');
    const registriesAlone = folder.write('registries.yaml', site.replace('nfs-export, ', ''));
    const refused = await provisionJson([registriesAlone, ...args.slice(1)]);
    expect(named(refused.tasks, 'failed')).toEqual([`nfs1 registry-setup mount_unit ${directory}`]);
    expect(await run(`ls -A ${directory}; stat -c %a ${directory}`)).toBe('0');
    await run('exportfs -ra');
    const back = await provisionJson(args);
    expect(named(back.tasks, 'failed')).toEqual([]);
    expect(await catalog(5001)).toBe('{"repositories":["probe32"]}');
  });

  function push(port: number, image: string, name: string): string {
    return `skopeo copy -q --dest-tls-verify=false oci:/tmp/images:${image} docker://localhost:${port}/${name}:1.0`;
  }

  /** Two images in one layout, which share nothing. */
  async function makeImages(): Promise<void> {
    await run(
      `mkdir -p /tmp/images/blobs/sha256 && cd /tmp/images && printf '{"imageLayoutVersion":"1.0.0"}' > oci-layout
put() { d=$(sha256sum "$1" | cut -d" " -f1); cp "$1" blobs/sha256/$d; printf '"digest":"sha256:%s","size":%s' $d $(stat -c %s "$1"); }
all=
for image in one two; do
  echo $image > file; tar -cf layer.tar file; diff=sha256:$(sha256sum layer.tar | cut -d" " -f1)
  printf '{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":["%s"]},"config":{}}' $diff > config
  printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json",%s},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar",%s}]}' "$(put config)" "$(put layer.tar)" > manifest
  all="$all\${all:+,}{\\"mediaType\\":\\"application/vnd.oci.image.manifest.v1+json\\",$(put manifest),\\"annotations\\":{\\"org.opencontainers.image.ref.name\\":\\"$image\\"}}"
done
printf '{"schemaVersion":2,"manifests":[%s]}' "$all" > index.json`,
    );
  }
};
