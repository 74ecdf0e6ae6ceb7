import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { chaos } from './chaos.js';
import { runMain } from './run-main.js';

test('killed again and again while it collects beside pushes and deletes, it loses nothing acknowledged', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'provision-chaos-'));
  try {
    const start = () => runMain(folder, '--delete', '--gc-grace', '1');
    const counts = await chaos({ seconds: 15, seed: 'a test', start });
    expect(counts.lost).toEqual([]);
    expect(Math.min(counts.pushed, counts.kills, counts.collections, counts.read)).toBeGreaterThan(0);
  } finally {
    await rm(folder, { recursive: true });
  }
});
