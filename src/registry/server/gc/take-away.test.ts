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

test('a use that could not be recorded ends all removing', async () => {
  const uses = new Uses(new Layout(home), 1000, true);
  const file = oldFile('x');
  uses.failure = 'EPERM';
  expect(await takeAway(sweepOf(uses), file, join(home, 'waiting'))).toBe('used');
  uses.failure = undefined;
  expect(await takeAway(sweepOf(uses), file, join(home, 'waiting'))).toEqual({ bytes: 7 });
  expect(await takeAway(sweepOf(uses), file, join(home, 'waiting'))).toBe('absent');
});
