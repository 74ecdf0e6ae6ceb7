import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labHost, type Scratch, scratch } from '../../../kit/inventory.js';
import { provision, provisionJson, startProvision } from '../../../kit/provision.js';
import { seeded } from '../../../kit/random.js';
import { takeHosts } from '../../../kit/vitest/holding.js';
import { container, placeOf, resetHost, ssh } from '../../lab.js';

const [host] = await takeHosts(1);

const kills = Number(process.env.PROVISION_KILLS ?? 50);
const seed = Number(process.env.PROVISION_KILL_SEED ?? Date.now() % 1_000_000);

/** What a version of the site has in its files: a file is only ever that of one version, whole. */
const content: Readonly<Record<string, (version: number) => string>> = {
  '/srv/killed/content': (version) => `version ${version}\n${`line of ${version}\n`.repeat(2000)}end of ${version}\n`,
  '/srv/killed/large': (version) => `${String(version).padStart(15, '.')}\n`.repeat(96 * 1024),
  '/srv/killed/templated': (version) => `templated ${version}\n`,
  '/srv/killed/data.json': (version) => `{"kept": true, "version": ${version}}\n`,
  '/srv/killed/lines': (version) => `first\nversion = ${version}\nlast\n`,
  '/srv/killed/block': (version) => `first\n# BEGIN killed\nversion ${version}\n# END killed\n`,
};
const files = Object.keys(content);

const site = `
- hosts: all
  tasks:
    - directory: { path: "/srv/killed/of-{{version}}", mode: "0750", owner: daemon }
    - file: { path: /srv/killed/content, src: "{{folder}}/content-{{version}}", force: true, mode: "0640" }
      notify: restart killed
    - file: { path: /srv/killed/large, src: "{{folder}}/large-{{version}}", force: true }
      notify: restart killed
    - template: { src: "{{folder}}/templated.hbs", dest: /srv/killed/templated, force: true }
      notify: restart killed
    - json_file: { path: /srv/killed/data.json, merge: { version: "{{version}}" }, force: true }
      notify: restart killed
    - line: { path: /srv/killed/lines, regexp: "^version = ", line: "version = {{version}}", force: true }
      notify: restart killed
    - block: { path: /srv/killed/block, marker: "# {mark} killed", block: "version {{version}}", force: true }
      notify: restart killed
    - user: { name: "killed{{version}}", system: true }
    - link: { path: /srv/killed/current, target: "/srv/killed/of-{{version}}", force: true }
    - images: { from: "http://{{upstream}}:5000", to: "localhost:5000", via: direct, list: ["{{image}}"] }
    - embedded_registry: { directory: /srv/embedded, port: "{{embedded_port}}", force: true }
    - service: { name: killed, state: started, enabled: true }
  handlers:
    - name: restart killed
      service: { name: killed, state: restarted }
`;

/** Notes at its start what its configuration is, and says when it is ready, so that it need not be looked at for seconds. */
const unit = `[Service]
Type=notify
NotifyAccess=all
ExecStart=/bin/sh -c 'cat ${files.join(' ')} | sha256sum >>/var/log/killed.log; systemd-notify --ready; exec sleep infinity'
[Install]
WantedBy=multi-user.target
`;

const prepare = `apt-get install -y --no-install-recommends docker-registry >/dev/null || exit
sed -i '/^auth:/,$ { /^auth:/d; /^  /d }' /etc/docker/registry/config.yml && systemctl restart docker-registry || exit
mkdir -p /srv/killed && cd /srv/killed || exit
echo first >block; printf 'first\\nversion = 0\\nlast\\n' >lines; echo '{"kept": true, "version": 0}' >data.json
cat >/etc/systemd/system/killed.service && systemctl daemon-reload`;

/** Everything that this asks of the host, in one command: what is in the files, what lies where we write, what ran. */
const look = `cd / || exit
sha256sum ${files.join(' ')}; echo ---
cat ${files.join(' ')} | sha256sum; echo ---
find /etc /srv/killed /srv/embedded /usr/local /run/provision /run/provision-* /var/lib/provision /tmp /var/tmp /root 2>/dev/null; echo ---
ls -A /var/lib/provision/pending 2>/dev/null; echo ---
cat /var/log/killed.log 2>/dev/null; echo ---
systemctl is-active killed`;

/** Name by which the embedded registry that runs is found: a new one at each start. */
const presence = /^\/srv\/embedded\/.*\/servers\/[0-9a-f-]{36}$/;

/** Names that versions and backups bring, and that stay. */
const expected =
  /^\/srv\/killed\/(of-\d+$|[a-z.]+\.\d{4}-\d\d-\d\dT\d{6}Z(\.\d+)?\.bak$)|^\/etc\/(passwd|group|shadow|gshadow|subuid|subgid)-$/;

interface View {
  readonly sums: readonly (readonly [sum: string, path: string])[];
  readonly all: string;
  readonly names: readonly string[];
  readonly pending: readonly string[];
  readonly starts: readonly string[];
  readonly active: string;
}

async function view(): Promise<View> {
  const { stdout } = await ssh(host, look);
  const [sums = [], [all = ''] = [], names = [], pending = [], starts = [], [active = ''] = []] = stdout
    .split(/^---$/m)
    .map((part) => part.split('\n').filter((line) => line !== ''));
  return { sums: sums.map((line) => [line.slice(0, 64), line.slice(66)]), all, names, pending, starts, active };
}

function sumOf(path: string, version: number): string {
  return createHash('sha256')
    .update(content[path]?.(version) ?? '')
    .digest('hex');
}

/** The embedded registry moves every few versions only: it takes longer than all the rest. */
function portOf(version: number): number {
  return 5100 + (Math.floor(version / 6) % 2);
}

describe('a controller that is killed', () => {
  let folder: Scratch;
  let here: readonly string[];
  let run: { readonly args: (version: number) => string[]; readonly env: Record<string, string> };

  beforeAll(async () => {
    folder = scratch();
    here = ['tmp', 'state', 'cache'].map((name) => join(folder.path, name));
    const [tmp = '', state = '', cache = ''] = here;
    for (const path of here) mkdirSync(path);
    const paths = { site: folder.write('site.yaml', site), inventory: folder.inventory({ [host]: labHost(host) }) };
    folder.write('templated.hbs', 'templated {{version}}\n');
    await resetHost(host);
    await execa('docker', ['cp', process.execPath, `${container(host)}:/usr/local/bin/node`]);
    const prepared = await ssh(host, prepare, { input: unit });
    expect(prepared, prepared.stderr).toMatchObject({ exitCode: 0 });
    const upstream = placeOf('upstream').address;
    const answer = await fetch(`http://${upstream}:5000/v2/_catalog?n=100`);
    const { repositories }: { readonly repositories: readonly string[] } = JSON.parse(await answer.text());
    const images = repositories.filter((name) => name.startsWith('rhosp13/')).map((name) => `${name}:13.0`);
    run = {
      env: { TMPDIR: tmp, XDG_STATE_HOME: state, XDG_CACHE_HOME: cache },
      args(version) {
        folder.write(`content-${version}`, content['/srv/killed/content']?.(version) ?? '');
        folder.write(`large-${version}`, content['/srv/killed/large']?.(version) ?? '');
        const vars = {
          version,
          embedded_port: portOf(version),
          folder: folder.path,
          upstream,
          image: images[version % images.length],
        };
        return [paths.site, '-i', paths.inventory, '-e', JSON.stringify(vars)];
      },
    };
  });
  afterAll(() => folder.remove());

  it('leaves nothing that the next run does not take up', { timeout: 1_800_000 }, async () => {
    let version = 0;
    const lengths: number[] = [];
    for (; version <= 2; version += 1) {
      const { status, stdout, stderr, seconds } = await provision(run.args(version), run);
      expect(status, stdout + stderr).toBe(0);
      lengths.push(seconds * 1000);
    }
    version -= 1;
    const length = Math.min(...lengths.slice(1));
    const usual = new Set((await view()).names);

    const random = seeded(seed);
    let converged = version;
    const wrong: string[] = [];
    const counts = { versions: 1, whole: 0, ended: 0, startsBefore: (await view()).starts.length, needless: 0 };
    const began = performance.now();
    for (let kill = 1; kill <= kills; kill += 1) {
      const say = (text: string) => wrong.push(`seed ${seed}, kill ${kill}, version ${version}: ${text}`);
      // A run that goes on with what was begun is shorter; one with nothing to do says nothing.
      const isNew = random() < 0.5 || version === converged;
      if (isNew) {
        version += 1;
        counts.versions += 1;
      }
      const started = startProvision(run.args(version), run);
      const span = (length + (portOf(version) === portOf(converged) ? 0 : 3000)) * (isNew ? 1 : 0.6);
      const clock = setTimeout(() => started.kill('SIGKILL'), span * (0.1 + 0.8 * random()));
      const { status } = await started.ended;
      clearTimeout(clock);
      if (status === 0) counts.ended += 1;
      else if (status !== undefined) say(`the run ended by itself with ${status}: ${started.said()}`);
      const isWhole = kill === kills || random() < 0.2;
      if (isWhole) {
        counts.whole += 1;
        const next = await provision(run.args(version), run);
        converged = version;
        if (next.status !== 0) say(`the next run did not converge: ${next.stdout}`);
      }

      const { sums, all, names, pending, starts, active } = await view();
      const known = Array.from({ length: version + 1 }, (_, index) => index);
      for (const [sum, path] of sums) {
        const of = known.filter((each) => sumOf(path, each) === sum);
        if (of.length === 0) say(`${path} is that of no version`);
        else if (isWhole && !of.includes(version)) say(`${path} is that of version ${of}`);
      }
      if (!isWhole) continue;
      const left = names.filter((name) => !usual.has(name) && !expected.test(name) && !presence.test(name));
      const present = names.filter((name) => presence.test(name));
      if (present.length > 1) say(`more than one registry: ${present.join(' ')}`);
      if (left.length > 0) say(`left on the host: ${left.join(' ')}`);
      const leftHere = here.flatMap((path) => readdirSync(path, { recursive: true, withFileTypes: true }));
      const filesHere = leftHere.filter((entry) => !entry.isDirectory() || entry.name.startsWith('provision-'));
      if (filesHere.length > 0) say(`left here: ${filesHere.map(({ name }) => name).join(' ')}`);
      if (pending.length > 0) say(`pending: ${pending.join(' ')}`);
      if (active !== 'active' || starts.at(-1) !== all) say('the service does not run with the newest configuration');
    }
    const { starts } = await view();
    counts.needless = starts.filter((sum, index) => index > counts.startsBefore && sum === starts[index - 1]).length;
    const seconds = ((performance.now() - began) / 1000).toFixed(0);
    const restarts = starts.length - counts.startsBefore;
    console.log(
      `seed ${seed}: ${kills} kills of runs of ${(length / 1000).toFixed(1)} s in ${seconds} s, ${counts.ended} came too late; ${counts.versions} versions, ${counts.whole} whole runs, ${restarts} restarts, ${counts.needless} of them needless`,
    );
    expect(wrong.map((text) => text.slice(0, 1500))).toEqual([]);
    expect(restarts - counts.needless).toBeLessThanOrEqual(counts.versions * 2);
    expect(counts.needless).toBe(0);
    const { report } = await provisionJson(run.args(version), run);
    expect(report.hosts[host]).toMatchObject({ changed: 0, failed: 0 });
  });
});
