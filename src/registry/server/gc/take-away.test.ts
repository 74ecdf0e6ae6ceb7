import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Layout } from '../storage/layout.js';
import { Uses } from '../storage/uses.js';
import { takeAway } from './take-away.js';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'provision-taken-'));
});
afterEach(() => rmSync(home, { recursive: true }));

const hour = 3600_000;

function oldFile(name: string): string {
  const file = join(home, 'links', name, 'link');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, 'sha256:');
  const then = (Date.now() - hour) / 1000;
  utimesSync(file, then, then);
  return file;
}

function sweepOf(uses: Uses) {
  const { signal } = new AbortController();
  return { layout: new Layout(home), uses, cutoff: Date.now() - hour / 2, apply: true, signal };
}

test('whoever was told that a file is there finds it afterwards, in whichever order both came', async () => {
  const uses = new Uses(new Layout(home), 1000, true);
  const sweep = sweepOf(uses);
  const files = Array.from({ length: 600 }, (_, at) => oldFile(String(at)));
  const outcomes = await Promise.all(
    files.map(async (file, at) => {
      const turns = async (count: number) => {
        for (let turn = 0; turn < count; turn += 1) await nextTurn();
      };
      const [used, taken] = await Promise.all([
        turns(at % 7).then(() => uses.renew(file)),
        turns(at % 11).then(() => takeAway(sweep, file, join(home, 'waiting'))),
      ]);
      expect([used, typeof taken === 'object', existsSync(file)]).toEqual(
        used ? [true, false, true] : [false, true, false],
      );
      return used;
    }),
  );
  expect(new Set(outcomes)).toEqual(new Set([true, false]));
});

test('what another process uses meanwhile is there afterwards', async () => {
  const files = Array.from({ length: 1500 }, (_, at) => oldFile(String(at)));
  writeFileSync(join(home, 'files.json'), JSON.stringify(files));
  const touch = `const { readFileSync, utimesSync } = require('node:fs');
const now = Date.now() / 1000;
const used = JSON.parse(readFileSync(process.argv[1], 'utf8')).filter((file) => {
  try { utimesSync(file, now, now); return true; } catch { return false; }
});
process.stdout.write(JSON.stringify(used));`;
  const other = spawn(process.execPath, ['-e', touch, join(home, 'files.json')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  other.stdout.on('data', (text: Buffer) => {
    said += text.toString();
  });
  const ended = once(other, 'close');
  const sweep = sweepOf(new Uses(new Layout(home), 1000, true));
  // From the other end: both meet in the middle.
  for (const file of files.toReversed()) await takeAway(sweep, file, join(home, 'waiting'));
  await ended;
  const used = new Set(JSON.parse(said) as string[]);
  expect(files.filter((file) => used.has(file) !== existsSync(file))).toEqual([]);
});

test('a use that could not be recorded ends all removing', async () => {
  const uses = new Uses(new Layout(home), 1000, true);
  const file = oldFile('x');
  uses.failure = 'EPERM';
  expect(await takeAway(sweepOf(uses), file, join(home, 'waiting'))).toBe('used');
  uses.failure = undefined;
  expect(await takeAway(sweepOf(uses), file, join(home, 'waiting'))).toEqual({ bytes: 7 });
  expect(await takeAway(sweepOf(uses), file, join(home, 'waiting'))).toBe('absent');
});
