import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { exampleImage } from '../../src/registry/archive/write/example-image.js';
import { checkout, provision, provisionJson } from '../kit/provision.js';
import { holding, runLock } from '../kit/vitest/holding.js';
import { freePort } from '../registry/proxy/start-registry.js';

holding(runLock);

/** The site that README's first command runs, in a folder of its own and at a port of its own. */
const cwd = mkdtempSync(join(tmpdir(), 'example-site-'));
let registry = '';
let vars: string[] = [];

beforeAll(async () => {
  for (const name of ['site.yaml', 'inventories']) cpSync(join(checkout, name), join(cwd, name), { recursive: true });
  cpSync(join(checkout, 'examples'), join(cwd, 'examples'), { recursive: true });
  writeFileSync(join(cwd, 'examples/hello.tar'), exampleImage());
  const port = await freePort();
  registry = `127.0.0.1:${port}`;
  vars = ['-e', `registry_port=${port}`];
});
afterAll(async () => {
  await provision(['site.yaml', ...vars, '-e', 'state=absent'], { cwd });
  rmSync(cwd, { recursive: true, force: true });
});

it('is staged into a folder, has a registry run with an image in it, and then there is nothing to do', async () => {
  const first = await provisionJson(['site.yaml', ...vars], { cwd });
  expect(first.status, first.stderr).toBe(0);
  expect(existsSync(join(cwd, 'staging/etc/exports'))).toBe(true);
  expect(first.tasks.find(({ task }) => task === 'pull from it')).toMatchObject({
    summary: `docker pull ${registry}/quickstart/hello:1.0`,
  });
  const answer = await fetch(`http://${registry}/v2/quickstart/hello/manifests/1.0`, {
    headers: { accept: 'application/vnd.oci.image.index.v1+json' },
  });
  expect(answer.status).toBe(200);
  const second = await provisionJson(['site.yaml', ...vars], { cwd });
  expect(second.report.hosts.workstation).toMatchObject({ changed: 0, failed: 0, kept: 0 });
  expect(second.report.hosts.loopback).toMatchObject({ changed: 0, failed: 0, kept: 0 });
});

it('mends a registry that was killed: its supervisor starts it again', async () => {
  const { pid } = supervisor();
  const child = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  process.kill(Number(child), 'SIGKILL');
  await expect
    .poll(
      () =>
        fetch(`http://${registry}/v2/`).then(
          ({ status }) => status,
          () => 0,
        ),
      { timeout: 10_000 },
    )
    .toBe(200);
});

it('is taken away again, with nothing left of it', async () => {
  const { pid } = supervisor();
  const gone = await provisionJson(['site.yaml', ...vars, '-e', 'state=absent'], { cwd });
  expect(gone.status, gone.stderr).toBe(0);
  expect(readdirSync(cwd).sort()).toEqual(['examples', 'inventories', 'site.yaml']);
  expect(existsSync(`/proc/${pid}`)).toBe(false);
  const again = await provisionJson(['site.yaml', ...vars, '-e', 'state=absent'], { cwd });
  expect(again.report.hosts.loopback).toMatchObject({ changed: 0, failed: 0 });
});

it('fits an inventory of real hosts, too', async () => {
  const { status, stdout } = await provision(['site.yaml', '-i', 'inventories/example.yaml', '--list-hosts'], { cwd });
  expect(status).toBe(0);
  expect(stdout).toContain('node20.example.com');
});

function supervisor(): { pid: number } {
  return { pid: Number(readFileSync(join(cwd, 'staging/registry/program/pid'), 'utf8')) };
}
