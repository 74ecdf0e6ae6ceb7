import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { labHost, type Scratch, scratch } from '../../../kit/inventory.js';
import { named, provision, provisionJson, startProvision } from '../../../kit/provision.js';
import { takeHosts } from '../../../kit/vitest/holding.js';
import { resetHost, ssh } from '../../lab.js';

const [host] = await takeHosts(1);

/** What a site usually does, with bytes beyond ASCII in names and content. */
const usual = `- hosts: all
  tasks:
    - directory: { path: "/srv/größe", mode: "0755" }
    - directory: { path: /srv/plain }
    - file: { path: "/srv/größe/déjà vu €", content: "naïve\\n" }
    - file: { path: /srv/bytes, src: "{{folder}}/bytes" }
    - template: { src: "{{folder}}/words.hbs", dest: /srv/words, data: { word: "Übung" }, force: true, backup: true }
    - json_file: { path: /srv/data.json, merge: { "clé": "valeur €" } }
    - line: { path: /srv/lines, line: "Zeile ä", force: true }
    - block: { path: /srv/lines, block: "Block ö", marker: "# {mark} ü", force: true }
    - link: { path: "/srv/lien-é", target: "/srv/größe" }
    - user: { name: faulty, home: /srv/faulty }
    - systemd_timer: { name: faulty, command: [/bin/true], schedule: daily }
    - service: { name: cron-like, state: started, enabled: true }
`;

const unit = `[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/true
[Install]
WantedBy=multi-user.target
`;

/** Takes away what the usual site makes. */
const bare = `systemctl disable -q --now cron-like faulty.timer 2>/dev/null
rm -rf /srv/* /etc/systemd/system/faulty.*; userdel -rf faulty 2>/dev/null; printf 'old\\n' >/srv/words; printf 'old\\n' >/srv/lines
printf '%s' '${unit}' >/etc/systemd/system/cron-like.service; systemctl daemon-reload`;

/** Everything that it made: modes, owners, and sums. */
const made = `cd /srv && find . /etc/systemd/system/faulty.* -printf '%p %y %m %u %g %l\\n' | grep -v '\\.bak ' | LC_ALL=C sort
find . -type f ! -name '*.bak' -exec sha256sum {} + | LC_ALL=C sort; stat -c '%n %a' /var/lib/provision /var/lib/provision/pending /run/provision`;

/** Runs a script as root by another way in: root's own shell may be what is broken. */
function asOperator(script: string) {
  return ssh(host, 'exec sudo -n sh -s', { user: 'operator', input: script });
}

describe('hosts in bad shape', () => {
  let folder: Scratch;
  let inventory: string;
  let usualSite: string;

  beforeAll(async () => {
    folder = scratch();
    inventory = folder.inventory({ [host]: labHost(host) });
    folder.write('words.hbs', 'Wörter: {{word}}\n');
    folder.write('bytes', String.fromCharCode(...Array.from({ length: 256 }, (_, byte) => byte)));
    usualSite = folder.write('usual.yaml', usual);
    await resetHost(host);
  });
  afterAll(() => folder.remove());
  beforeEach(() => asOperator(bare));

  const args = (site: string) => [site, '-i', inventory, '-e', JSON.stringify({ folder: folder.path })];
  const tasks = (...lines: string[]) =>
    folder.write('site.yaml', `- hosts: all\n  tasks:\n${lines.map((line) => `    - ${line}\n`).join('')}`);
  const shell = async (script: string) => (await asOperator(script)).stdout;

  /** Converges the usual site, sees that a second run finds nothing to do, and gives what was made. */
  async function usualRun(): Promise<string> {
    const first = await provisionJson(args(usualSite));
    expect(first.status, first.stdout.slice(-3000)).toBe(0);
    const second = await provisionJson(args(usualSite));
    expect(named(second.tasks, 'changed', 'failed')).toEqual([]);
    return shell(made);
  }

  /** A line for root's shell start-up, or another way to spoil the host; taken back afterwards. */
  async function spoilt<Result>(spoil: string, mend: string, work: () => Promise<Result>): Promise<Result> {
    const { exitCode, stderr } = await asOperator(spoil);
    expect(exitCode, stderr).toBe(0);
    try {
      return await work();
    } finally {
      await asOperator(mend);
    }
  }

  const bashrc = (line: string) => `cp /root/.bashrc /root/.bashrc.kept; printf '%s\\n' '${line}' >/root/.bashrc`;
  const withBashrc = <Result>(line: string, work: () => Promise<Result>) =>
    spoilt(bashrc(line), 'mv /root/.bashrc.kept /root/.bashrc', work);

  it('comes to the same with every login shell, umask, locale and start-up file', async () => {
    const expected = await usualRun();
    expect(expected).toContain('./größe/déjà vu € f 644 root root');
    const again = async (what: string) => {
      await asOperator(bare);
      expect(await usualRun(), what).toBe(expected);
    };
    await withBashrc('umask 077; echo welcome; echo "to you; all" >&2; printf "no end"', () =>
      again('noise, umask 077'),
    );
    await withBashrc('read -r line; echo "$line"; export LANG=C LC_ALL=C', () => again('it reads; the locale C'));
    for (const name of ['/bin/dash', '/usr/local/bin/ash']) {
      const busybox = 'apt-get install -y busybox-static >/dev/null 2>&1 && ln -sf /bin/busybox /usr/local/bin/ash';
      await spoilt(`${busybox} && usermod -s ${name} root`, 'usermod -s /bin/bash root', () => again(name));
    }
  });

  it('comes to the same with a clock three days behind, or ahead', async ({ skip }) => {
    const { exitCode, stderr } = await asOperator('apt-get install -y --no-install-recommends libfaketime >/dev/null');
    if (exitCode !== 0 && process.env.PROVISION_REQUIRE_LAB !== '1') skip(`there is no libfaketime: ${stderr}`);
    expect(exitCode, stderr).toBe(0);
    const expected = await usualRun();
    const settings = '/etc/ssh/sshd_config.d/clock.conf';
    const library = '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1';
    for (const skew of ['-3d', '+3d']) {
      await asOperator(bare);
      const spoil = `echo 'SetEnv LD_PRELOAD=${library} FAKETIME=${skew}' >${settings}; systemctl reload ssh`;
      await spoilt(spoil, `rm ${settings}; systemctl reload ssh`, async () => {
        // sshd begins anew to read its settings: it may not be there for an instant.
        const skewed = async () =>
          Math.abs(Number((await ssh(host, 'date +%s')).stdout || Number.NaN) - Date.now() / 1000);
        await expect.poll(skewed, { timeout: 10_000 }).toBeGreaterThan(2 * 86_400);
        expect(await usualRun(), skew).toBe(expected);
        const said = await provision(
          args(tasks('file: { path: /srv/words, content: "new", force: true, backup: true }')),
        );
        expect(said.status, said.stdout).toBe(0);
      });
      await expect.poll(() => shell('ls -d /srv/words.*.bak | wc -l'), { timeout: 10_000 }).toBe('2');
    }
  });

  it('says so where start-up files never give the shell', async () => {
    await withBashrc('exec sleep 300', async () => {
      const run = await provisionJson([...args(usualSite)]);
      expect(run.status).toBe(4);
      const told = run.events.find(({ event }) => event === 'host-unreachable');
      expect(JSON.stringify(told)).toMatch(/no shell as root within \d+ s/);
    });
  });

  it('a disk that is full: the old file stays, and no other', async () => {
    const small = 'mount -t tmpfs -o size=64k tmpfs /srv/small';
    await shell(
      `mkdir -p /srv/small && ${small} && cd /srv/small && echo '{}' >json && echo old >text && echo old >large`,
    );
    await shell('head -c 40000 /dev/zero >/srv/small/fill; head -c 200000 /dev/zero >>/srv/small/fill; :');
    const big = folder.write('big', 'x'.repeat(30_000));
    folder.write('large', 'x'.repeat(3_000_000));
    const all = [
      `template: { src: ${big}, dest: /srv/small/text, force: true }`,
      `json_file: { path: /srv/small/json, merge: { a: "${'y'.repeat(20_000)}" }, force: true }`,
      `file: { path: /srv/small/large, src: "{{folder}}/large", force: true }`,
      'file: { path: /srv/small/new, src: "{{folder}}/large" }',
    ];
    for (const task of all) {
      const { status, stdout } = await provision(args(tasks(task)));
      expect(status, stdout).toBe(2);
      expect(stdout).toContain('No space left on device');
    }
    expect(await shell('cd /srv/small && ls -A && cat json text large')).toBe('fill\njson\nlarge\ntext\n{}\nold\nold');
    await shell('umount /srv/small');
  });

  it('an /etc that is read-only: each task says so, and what lies elsewhere is done', async () => {
    await spoilt('mount --bind /etc /etc && mount -o remount,ro,bind /etc', 'umount -l /etc', async () => {
      for (const task of [
        'file: { path: /etc/faulty, content: "x" }',
        'line: { path: /etc/login.defs, line: "# faulty", force: true }',
        'link: { path: /etc/faulty, target: /srv }',
        'directory: { path: /etc/faulty }',
      ]) {
        const { status, stdout } = await provision(args(tasks(task)));
        expect(status, stdout).toBe(2);
        expect(stdout).toContain('Read-only file system');
      }
      expect((await provision(args(tasks('user: { name: faulty }')))).stdout).toMatch(
        /user faulty: failed[\s\S]*cannot lock \/etc\/passwd/,
      );
      expect((await provision(args(tasks('file: { path: /srv/other, content: "x" }')))).status).toBe(0);
    });
    expect(await shell("find /etc -name '*faulty*' ! -path '*/systemd/*'; grep faulty /etc/hosts")).toBe('');
  });

  it('packages that another process works with: waited for, and said by whom', async () => {
    const until = JSON.stringify('until [ -e /run/go-on ]; do sleep 0.2; done');
    const busy = `apt-get install -y -o DPkg::Pre-Invoke::=${until} busybox-static >/dev/null 2>&1`;
    await shell('apt-get remove -y busybox-static >/dev/null 2>&1');
    await shell(`nohup sh -c '${busy}' >/dev/null 2>&1 & sleep 2`);
    const task = (seconds: number) => tasks(`package: { name: netbase, lock_timeout: ${seconds} }`);
    await shell('dpkg --remove --force-depends netbase >/dev/null 2>&1');
    const late = await provision(args(task(1)));
    expect(late.status, late.stderr + late.stdout).toBe(2);
    expect(late.stdout).toMatch(
      /lock.* is locked by process \d+ \(apt-get install .*busybox-static\), and was not free within 1 s/,
    );
    const run = startProvision([...args(task(60)), '-vv']);
    const waits = () => expect(run.said()).toMatch(/waiting .*locked by process \d+ \(apt-get install/);
    await vi.waitFor(waits, { timeout: 50_000 });
    await shell('touch /run/go-on');
    expect(await run.ended, run.said()).toMatchObject({ status: 0 });
    expect(await shell('dpkg -s netbase busybox-static | grep -c "install ok installed"')).toBe('2');
  });

  it('a service that ends two seconds after its start has failed, and says why', async () => {
    const dying = (restart: string) =>
      `cat >/etc/systemd/system/dying.service <<'EOF'\n[Service]\nExecStart=/bin/sh -c 'echo "no such thing as a port"; sleep 2; exit 7'\n${restart}\nEOF\nsystemctl daemon-reload`;
    for (const [restart, state] of [
      ['', 'started'],
      ['Restart=always', 'restarted'],
      ['Restart=always\nRestartSec=0', 'started'],
    ] as const) {
      await shell(dying(restart));
      const { status, stdout } = await provision(args(tasks(`service: { name: dying, state: ${state} }`)));
      expect(status, `${restart} ${state}\n${stdout}`).toBe(2);
      expect(stdout).toContain('no such thing as a port');
      await shell('systemctl stop dying; systemctl reset-failed dying; :');
    }
    await shell('rm /etc/systemd/system/dying.service; systemctl daemon-reload');
  });
});
