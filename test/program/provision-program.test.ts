import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, expect, it } from 'vitest';
import { provision_program } from '../../src/resources/program/provision-program.js';
import { check, converge, planFrom } from '../kit/converge-locally.js';

const folder = mkdtempSync(join(tmpdir(), 'provision-program-'));
const path = join(folder, 'tool');
const command = join(path, 'bin/provision');
afterAll(() => rmSync(folder, { recursive: true }));

it('is the whole tool with all that it needs: it serves from a database in an empty place, without network', async () => {
  const first = await converge(provision_program({ path }));
  expect([first.plan.verdict, first.failure]).toEqual(['change', undefined]);
  expect(await check(provision_program({ path }))).toEqual({ verdict: 'ok' });
  const state = join(folder, 'state');
  const child = spawn(command, ['serve', '--state', state, '--listen', '127.0.0.1:0', '--no-registry', '--json'], {
    cwd: folder,
    env: { PATH: '/usr/bin:/bin' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  for await (const piece of child.stdout) {
    text += String(piece);
    if (text.trimEnd().endsWith('}')) break;
  }
  const ended = once(child, 'close');
  child.kill('SIGTERM');
  expect(JSON.parse(text)).toMatchObject({ state, setupToken: expect.any(String) });
  expect(await ended).toEqual([0, null]);
  const backup = await execa(command, ['serve', '--state', state, '--backup', join(folder, 'copies')]);
  expect(backup.stdout).toMatch(/^copied to /);
  // What only development needs is not sent.
  const [digest = ''] = readdirSync(join(path, 'programs'));
  expect(existsSync(join(path, 'programs', digest, 'node_modules/vitest'))).toBe(false);
  expect(statSync(join(path, 'programs', digest)).mode & 0o022).toBe(0);
});

it('is updated beside the one that a service may still run, which the next update removes', async () => {
  const [now = ''] = readdirSync(join(path, 'programs'));
  const make = (digest: string) => execa('mkdir', ['-p', join(path, 'programs', digest, 'dist/src/cli')]);
  await make('older');
  await make('0ld');
  await execa('touch', [join(path, 'programs/0ld/dist/src/cli/main.js')]);
  writeFileSync(command, readFileSync(command, 'utf8').replaceAll(now, '0ld'));
  const { plan, failure } = await converge(provision_program({ path }));
  expect([plan, failure]).toMatchObject([{ summary: 'updated' }, undefined]);
  expect(readdirSync(join(path, 'programs')).sort()).toEqual(['0ld', now].sort());
});

it('has no binary for a machine of another kind: that is said before anything is sent', () => {
  const probe = 'node v20.19.0\nplatform linux-arm64-gnu\n';
  expect(planFrom(provision_program({ path }), probe)).toMatchObject({
    verdict: 'refused',
    message: expect.stringContaining('linux-arm64-gnu'),
    hint: expect.stringContaining('--cpu=arm64'),
  });
  expect(planFrom(provision_program({ path, sqlite: false }), probe)).toMatchObject({ verdict: 'change' });
});

it('is removed, and what else lies there stays', async () => {
  writeFileSync(join(path, 'notes'), 'mine');
  expect((await converge(provision_program({ path, state: 'absent' }))).failure).toBeUndefined();
  expect(readdirSync(path)).toEqual(['notes']);
});
