import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkout, provision, provisionJson } from '../provision.js';

/** The site that README's first command runs, in a folder of its own. */
const cwd = mkdtempSync(join(tmpdir(), 'example-site-'));

beforeAll(() => {
  for (const name of ['site.yaml', 'inventories']) cpSync(join(checkout, name), join(cwd, name), { recursive: true });
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

it('is staged into a folder, and then there is nothing to do', async () => {
  const first = await provisionJson(['site.yaml'], { cwd });
  expect(first.status, first.stderr).toBe(0);
  expect(existsSync(join(cwd, 'staging/etc/exports'))).toBe(true);
  const second = await provisionJson(['site.yaml'], { cwd });
  expect(second.report.hosts.workstation).toMatchObject({ changed: 0, failed: 0, kept: 0 });
});

it('fits an inventory of real hosts, too', async () => {
  const { status, stdout } = await provision(['site.yaml', '-i', 'inventories/example.yaml', '--list-hosts'], { cwd });
  expect(status).toBe(0);
  expect(stdout).toContain('node20.example.com');
});
