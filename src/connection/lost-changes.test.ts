import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type CutMoment, cutMoments, cutting } from '../../test/kit/connection/cutting.js';
import { FaultProxy } from '../../test/kit/connection/fault-proxy.js';
import { type Sshd, sshdHasOwnRunLock, startSshd } from '../../test/kit/connection/sshd.js';
import { play, runOver, setting } from '../../test/kit/fake-host.js';
import { holding, runLock } from '../../test/kit/vitest/holding.js';
import type { RunEvent } from '../engine/events.js';
import type { Task } from '../model/task.js';
import { type Sh, sh } from '../sh.js';
import { openConnection } from './open.js';

/*
 * Changes on a real sshd whose link is lost: by the engine, since what becomes of them is decided there.
 */
if (!sshdHasOwnRunLock) holding(runLock);
let sshd: Sshd;
let proxy: FaultProxy;
let folder: string;
beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(() => sshd.stop());
beforeEach(async () => {
  proxy = await FaultProxy.before({ host: '127.0.0.1', port: sshd.port });
  folder = mkdtempSync(join(sshd.folder, 'state-'));
  writeFileSync(join(folder, 'known'), `[127.0.0.1]:${proxy.port} ${sshd.hostKey}\n`);
});
afterEach(async () => {
  await proxy.close();
  rmSync(folder, { recursive: true });
});

const at = (name: string) => join(folder, name);
const times = (name: string) =>
  existsSync(at(name)) ? readFileSync(at(name), 'utf8').split('\n').filter(Boolean).length : 0;

/** A task that appends a line to a file of its own unless there is one; `script` goes ahead. */
function line(name: string, script: Sh = sh`:`, deadline = 60): Task {
  const file = at(name);
  return setting(name, 'there', {
    resource: { probe: () => sh`[ -s ${file} ] && printf there; :` },
    change: { apply: { via: 'sh', script: sh`${script}; echo once >>${file}`, deadline } },
  });
}

/** Runs tasks through the proxy; the first change whose script has the mark loses its link. */
async function losing(
  tasks: readonly Task[],
  mark: string,
  moment: CutMoment | undefined,
  options: { reconnectSeconds?: number; cut?: () => void; onEvent?: (event: RunEvent) => void } = {},
) {
  let isCut = false;
  const when = (script: string) => {
    if (isCut || !script.includes(mark) || !script.includes('provision_status')) return undefined;
    isCut = true;
    return moment;
  };
  const settings = sshd.settings({ port: proxy.port, knownHostsFiles: [at('known')] });
  const { cut, ...more } = options;
  return runOver({}, [play(['host'], tasks)], {
    connect: async (name) => cutting(await openConnection(name, settings), proxy, when, cut),
    ...more,
  });
}

/** Counts the processes of this machine with this command line. */
async function running(command: string): Promise<number> {
  const { stdout } = await execa('ps', ['-eo', 'stat=,args=']);
  return stdout.split('\n').filter((row) => !row.startsWith('Z') && row.endsWith(` ${command}`)).length;
}

describe('a change whose link is reset', () => {
  it.each(cutMoments)('%s is made once, and the run goes on', async (moment) => {
    const { report, lines } = await losing([line('a'), line('b'), line('c')], at('b'), moment);
    expect(lines.filter((text) => text.includes('restored'))).toHaveLength(1);
    expect(report).toMatchObject({ exitStatus: 0, hosts: { host: { changed: 3, failed: 0 } } });
    expect([times('a'), times('b'), times('c')]).toEqual([1, 1, 1]);
    const said =
      moment === 'after it is sent' ? ' (the link was lost while it was applied: found done afterwards)' : '';
    expect(lines).toContain(`host set b: changed  -> there${said}`);
  });

  it('in the middle is ended within seconds, and said to be unknown', async () => {
    const began = performance.now();
    const tasks = [line('a', sh`echo begun; sleep 73.5`), line('b')];
    const { report, lines } = await losing(tasks, at('a'), 'after it is sent');
    expect(await running('sleep 73.5')).toBe(0);
    expect(performance.now() - began).toBeLessThan(45_000);
    expect(lines.at(-1)).toMatch(
      /failed {2}-> there: outcome unknown: the link was lost while it was applied, and it (started but did not finish|was ended with status 1\d\d); found afterwards: still to be done/,
    );
    expect(report.exitStatus).toBe(2);
    expect([times('a'), times('b')]).toEqual([0, 0]);
  });

  it('and whose host is not reached again leaves nothing running and no lock', async () => {
    const cut = () => {
      proxy.refuses = true;
      proxy.strike('cut');
    };
    const tasks = [line('a', sh`sleep 74.5`)];
    const { report, lines } = await losing(tasks, at('a'), 'after it is sent', { reconnectSeconds: 1, cut });
    expect(lines).toEqual([
      'host host-unreachable: link lost while "set a" was being applied: outcome unknown; run again to find out',
    ]);
    expect(report.exitStatus).toBe(4);
    await vi.waitFor(async () => expect(await running('sleep 74.5')).toBe(0), { timeout: 40_000 });
    proxy.heal();
    await vi.waitFor(async () => expect((await losing([line('b')], 'none', undefined)).report.exitStatus).toBe(0), {
      timeout: 40_000,
    });
  });
});

describe('an upload whose link is lost', () => {
  it('is ended within seconds, though its script reads no more', async () => {
    const settings = sshd.settings({ port: proxy.port, knownHostsFiles: [at('known')] });
    const connection = await openConnection('host', settings);
    const script = sh`cat >/dev/null; trap '' PIPE; sleep 75.5; sleep 76.5`;
    const failed = connection.upload(script, Readable.from(['bytes']), false).catch((error: unknown) => error);
    await vi.waitFor(async () => expect(await running('sleep 75.5')).toBe(1), { timeout: 30_000 });
    proxy.strike('reset');
    expect(await failed).toMatchObject({ problem: 'lost' });
    await vi.waitFor(async () => expect(await running('sleep 75.5')).toBe(0), { timeout: 40_000 });
    expect(await running('sleep 76.5')).toBe(0);
    await connection.close();
  });
});

describe('a link that falls silent', () => {
  it('is made again beside the old one, whose change is waited for and whose lock is taken over', {
    timeout: 180_000,
  }, async () => {
    const stall = () => proxy.strike('stall');
    const tasks = [line('a', sh`sleep 40`), line('b')];
    const { report, lines } = await losing(tasks, at('a'), 'after it is sent', { cut: stall });
    expect(lines[0]).toMatch(/nothing was received for 20 s; it was restored after \d/);
    expect(lines[1]).toContain('set a: changed  -> there (the link was lost while it was applied: found done');
    expect(report).toMatchObject({ exitStatus: 0, hosts: { host: { changed: 2 } } });
    expect([times('a'), times('b')]).toEqual([1, 1]);
  });
});

describe('a link that is torn at the k-th message', () => {
  it.each(['up', 'down'] as const)('%s, from the first word to the last, ends in a right report', {
    timeout: 300_000,
  }, async (direction) => {
    let torn = 0;
    // Every second one, of either direction the others.
    for (let message = direction === 'up' ? 1 : 2; message <= 14; message += 2) {
      const name = `${direction}${message}`;
      let isStruck = false;
      const attempt = async () => {
        isStruck = false;
        void proxy.strikeAt(message % 4 < 2 ? 'cut' : 'reset', { direction, message }).then(() => {
          isStruck = true;
        });
        const made = await losing([line(name)], 'none', undefined, { reconnectSeconds: 20 });
        expect(made.lines.join()).not.toContain('another run is at work');
        return made;
      };
      // What went before is given time to let go of the lock.
      const { report, lines } = await vi.waitFor(attempt, { timeout: 60_000, interval: 300 });
      if (isStruck) torn += 1;
      expect([0, 4], lines.join()).toContain(report.exitStatus);
      if (report.exitStatus === 0) expect(times(name), lines.join()).toBe(1);
      proxy.heal();
      const again = async () =>
        expect((await losing([line(name)], 'none', undefined)).lines.join()).not.toContain('host-');
      await vi.waitFor(again, { timeout: 60_000 });
      expect(times(name)).toBe(1);
      if (!isStruck) break;
    }
    expect(torn).toBeGreaterThan(3);
  });
});

describe('a link that is bad and whole', () => {
  it.each([{ delay: 20 }, { slice: 3 }, { throttle: 200_000 }])('%o changes nothing but time', async (weather) => {
    proxy.weather = weather;
    const { report, lines } = await losing([line('a'), line('b')], 'none', undefined);
    expect(lines).toEqual(['host set a: changed  -> there', 'host set b: changed  -> there']);
    expect(report.exitStatus).toBe(0);
  });
});
