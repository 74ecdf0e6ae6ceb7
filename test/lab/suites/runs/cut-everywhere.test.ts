import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Play } from '../../../../src/index.js';
import type { CutMoment } from '../../../kit/connection/cutting.js';
import { type Scratch, scratch } from '../../../kit/inventory.js';
import { holding, takeHosts } from '../../../kit/vitest/holding.js';
import { labUp, placeOf, resetHost } from '../../lab.js';
import { type Cut, SweepHost, type SweepJournal, type SweepRun } from './sweep.js';

const [first, second] = await takeHosts(2);
holding('el9');

const upstream = `${placeOf('upstream').inside}:5000`;

interface RoleSweep {
  readonly role: string;
  readonly vars: Readonly<Record<string, unknown>>;
  /** Takes away what the role made, so that every change has to be made again. */
  readonly remake: string;
  /** Takes away some of it. */
  readonly undo: string;
}

const storage = '/var/lib/docker-registry/docker/registry/v2/repositories';

const nfs: RoleSweep = {
  role: 'nfs-export',
  vars: { nfs_exports: ['/var/export/registry31 *(rw,sync,no_wdelay,all_squash)'] },
  remake: 'rpm -e --nodeps nfs-utils; rm -rf /etc/exports* /var/export',
  undo: 'rm /etc/exports',
};

/** The older role stands on docker, which is here by then. */
const engines: readonly RoleSweep[] = [
  {
    role: 'docker-config',
    vars: { docker_install: true, docker_insecure_registries: [upstream] },
    remake: 'dpkg --remove docker.io && rm /etc/docker/daemon.json',
    undo: 'rm /etc/docker/daemon.json',
  },
  {
    role: 'podman-config',
    vars: { podman_registries: [{ registry: upstream, insecure: true }], podman_search_registries: [upstream] },
    remake: 'rm -r /etc/containers/registries.conf.d',
    undo: 'rm /etc/containers/registries.conf.d/*',
  },
  {
    role: 'containerd-config',
    vars: { containerd_registries: [{ registry: upstream, insecure: true }] },
    remake: 'rm -r /etc/containerd/certs.d /etc/containerd/config.toml',
    undo: 'rm -r /etc/containerd/certs.d',
  },
  {
    role: 'docker-registry-setup',
    vars: {
      docker_registry_setup_upstream_hostname: placeOf('upstream').inside,
      docker_registry_setup_upstream_port: 5000,
      docker_registry_setup_local_hostname: 'localhost',
      docker_registry_setup_container_images: [{ imagename: 'cron' }],
    },
    remake: `systemctl stop docker-registry && rm -rf /etc/docker/registry/config.yml ${storage}`,
    undo: `rm -r ${storage}/rhosp13 && systemctl restart docker-registry`,
  },
];

const registries: readonly RoleSweep[] = [
  {
    role: 'registry-setup',
    vars: { registry_delete_enabled: true },
    remake: 'dpkg --purge docker-registry',
    undo: 'rm /etc/docker/registry/config.yml',
  },
  {
    role: 'image-sync',
    vars: {
      image_sync_upstream: `http://${upstream}`,
      image_sync_local: 'localhost:5000',
      image_sync_images: ['library/busybox:1', 'rhosp13/openstack-cron:13.0'],
    },
    remake: `rm -r ${storage} && systemctl restart docker-registry`,
    undo: `rm -r ${storage}/library && systemctl restart docker-registry`,
  },
];

/** Changes that start a service, once each, and starts by others: the service's own log must come to the same. */
const starting = [
  {
    unit: 'docker-registry',
    by: ['package docker-registry', 'service docker-registry', 'restart registry'],
    others: 0,
  },
  // With the packages that docker's needs; taking away docker's own leaves it.
  { unit: 'containerd', by: ['restart containerd'], others: 1 },
  { unit: 'nfs-server', by: ['service nfs-server'], others: 0 },
] as const;

const lanes: readonly { host: string; roles: readonly RoleSweep[] }[] = [
  { host: first, roles: engines },
  { host: second, roles: registries },
  { host: 'el9', roles: [nfs] },
];

const counts = { cuts: 0, runs: 0, changes: new Set<string>(), unknown: 0, lost: 0, ended: 0, done: 0 };
const trace = (text: string) => process.env.PROVISION_SWEEP_TRACE && console.log(text);

describe.concurrent('every change of every role, cut at every moment', () => {
  let files: Scratch;
  beforeAll(async () => {
    files = scratch();
    const hosts = lanes.map(({ host }) => host);
    await labUp({ vm: false, extra: hosts });
    await resetHost(...hosts);
  }, 300_000);
  afterAll(() => {
    files?.remove();
    console.log(
      `${counts.cuts} cuts in ${counts.changes.size} changes, ${counts.runs} runs; of changes cut after they were sent, ${counts.done} were found done, ${counts.ended} ended, ${counts.lost} not begun; outcome unknown said ${counts.unknown} times`,
    );
  });

  it.each(lanes)('on $host', { timeout: 1_200_000 }, async ({ host, roles }) => {
    const target = await SweepHost.of(host, files);
    try {
      for (const role of roles) await sweep(target, role);
      await expectNothingLeft(target, roles);
    } finally {
      await target.close();
    }
  });
});

/**
 * Each run is cut at the first moment that was not cut yet, and the next one begins with what that left. A change that was
 * made can't be made again: what comes after the reply is cut when all has been taken away.
 */
async function sweep(target: SweepHost, { role, vars, remake, undo }: RoleSweep): Promise<void> {
  const plays = await target.plays(role, vars);
  await cutEach(target, role, plays, ['before it is sent', 'after it is sent']);
  await target.on(remake);
  await cutEach(target, role, plays, ['after the reply']);
  await target.on(undo);
  const through = await target.run(plays, () => 'after it is sent', true);
  counts.cuts += 1;
  trace(`${target.host} ${role}: goes on: ${JSON.stringify(through.report.hosts)} ${through.warnings}`);
  expect(through.cut, `${role}: something to be made again`).toBeDefined();
  expectAllWell(through, `${role}, with the link made again`);
  expect(through.warnings.join()).toContain('it was restored after');
  const last = await target.run(plays, () => undefined);
  expect(last.report.hosts[target.host], `${role} at last`).toMatchObject({ changed: 0, failed: 0 });
}

async function cutEach(
  target: SweepHost,
  role: string,
  plays: readonly Play[],
  moments: readonly CutMoment[],
): Promise<void> {
  const earlier = await target.journal();
  const handlers = new Set<string>();
  const cuts: Cut[] = [];
  const done = new Map<string, CutMoment[]>();
  const choose = (change: string) => moments.find((moment) => !done.get(change)?.includes(moment));
  for (let left = 60; ; left -= 1) {
    expect(left, `${role} comes to no end: ${JSON.stringify([...done])}`).toBeGreaterThan(0);
    const began = performance.now();
    const made = await unlocked(() => target.run(plays, choose));
    counts.runs += 1;
    const { cut } = made;
    for (const { task, handler } of made.ends) if (handler) handlers.add(task);
    trace(
      `${target.host} ${role}: ${((performance.now() - began) / 1000).toFixed(1)} s, cut ${cut?.moment} in "${cut?.task}" ${made.after.toFixed(1)} s: ${JSON.stringify(made.report.hosts)} ${made.said}`,
    );
    if (cut === undefined) {
      expectAllWell(made, role);
      break;
    }
    done.set(cut.task, [...(done.get(cut.task) ?? []), cut.moment]);
    if (cut.id === '' && made.report.exitStatus === 0) continue; // What has to be looked at only is no change.
    counts.cuts += 1;
    counts.changes.add(`${role} ${cut.task}`);
    cuts.push(cut);
    judge(made, target, role);
  }
  judgeByJournal(await target.journal(), earlier, cuts, handlers, role);
  const settled = await target.run(plays, () => undefined);
  expect(settled.report.hosts[target.host], `${role} again`).toMatchObject({ changed: 0, failed: 0, unreachable: 0 });
}

/** What a run says whose link was cut for good must be true. */
function judge(made: SweepRun, target: SweepHost, role: string): void {
  const { cut, report, said, ends, after } = made;
  if (cut === undefined) return;
  const at = `${role}: "${cut.task}" cut ${cut.moment}: ${said} ${JSON.stringify(ends.at(-1))}`;
  expect(after, `${at}: seconds to its end`).toBeLessThan(15);
  expect(report.hosts[target.host], at).toMatchObject({ failed: 0 });
  const isLast = cut.moment === 'after the reply' && report.exitStatus === 0;
  if (!isLast) expect(report.exitStatus, at).toBe(4);
  const end = ends.find(({ task, handler }) => `${task}${handler ? ' (handler)' : ''}` === cut.task);
  if (cut.moment === 'after the reply') expect(end?.outcome, at).toBe('changed');
  if (cut.moment === 'after the reply' || cut.id === '') return;
  counts.unknown += 1;
  expect(end, at).toBeUndefined();
  expect(said, at).toMatch(/outcome unknown/);
}

function expectAllWell({ report, said, ends }: SweepRun, what: string): void {
  const wrong = ends.filter(({ outcome }) => outcome === 'failed');
  expect({ exit: report.exitStatus, said, wrong }, what).toEqual({ exit: 0, said: '', wrong: [] });
}

/** What the host's own journal has must bear out what was said, and each handler has come to its end once. */
function judgeByJournal(
  journal: SweepJournal,
  earlier: SweepJournal,
  cuts: readonly Cut[],
  handlers: ReadonlySet<string>,
  role: string,
): void {
  for (const { id, task, moment } of cuts) {
    if (id === '') continue;
    const found = journal.changes.get(id);
    if (moment === 'before it is sent') expect(found, `${role}: ${task}, ${moment}`).toBeUndefined();
    if (moment === 'after the reply') expect(found?.status, `${role}: ${task}, ${moment}`).toBe('0');
    if (moment === 'after it is sent')
      counts[found === undefined ? 'lost' : found.status === '' ? 'ended' : 'done'] += 1;
  }
  for (const name of handlers) {
    const times = journal.done(name) - earlier.done(name);
    expect(times, `${role}: the handler "${name}" has run`).toBe(1);
  }
}

async function expectNothingLeft(target: SweepHost, roles: readonly RoleSweep[]): Promise<void> {
  const left = await target.on(
    "ls -A /var/lib/provision/pending; find / -xdev -name '.*provision-*' -not -path '/proc/*'; flock -n /run/provision/lock true || echo locked",
  );
  expect(left, `left on ${target.host}`).toBe('');
  const journal = await target.journal();
  for (const { unit, by, others } of starting) {
    const log = await target.on(`journalctl -u ${unit} -o cat --no-pager | grep -cE '^(Started|Finished) ' || true`);
    if (Number(log) === 0) continue;
    const byHand = roles
      .flatMap(({ remake, undo }) => [remake, undo])
      .filter((script) => script.endsWith(`restart ${unit}`));
    const asked = by.reduce<number>((sum, name) => sum + journal.done(name), others + byHand.length);
    // What was ended with its link may have started it before.
    const ended = [...journal.changes.values()].filter(
      ({ task, status }) => by.some((name) => name === task) && status !== '0',
    );
    const starts = `starts of ${unit} on ${target.host}, ${asked} asked for`;
    expect(Number(log), starts).toBeGreaterThanOrEqual(asked);
    expect(Number(log), starts).toBeLessThanOrEqual(asked + ended.length);
  }
}

/** What a cut run left at work on its host is given seconds to end; the lock goes with it. */
async function unlocked(work: () => Promise<SweepRun>): Promise<SweepRun> {
  for (const until = performance.now() + 12_000; ; ) {
    const made = await work();
    if (!made.said.includes('another run is at work') || performance.now() > until) return made;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
