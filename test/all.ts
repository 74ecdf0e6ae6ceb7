import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { labAvailability } from './availability.js';
import { packagesUp } from './lab/packages.js';

/*
 * All tests: those of the lab's hosts, which wait for hosts most of the time, beside all others, which go one file at a time.
 * What is written behind `npm test --` is handed to vitest, which then does all of it by itself.
 */
const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));
const given = process.argv.slice(2);
const isApart = given.length === 0 && labAvailability().possible;
// Both halves look for the same packages.
if (isApart) await packagesUp({ vm: process.env.PROVISION_LAB_VM !== 'off', engineRuns: false });

const halves = isApart
  ? [
      ['--project', '!lab'],
      ['--project', 'lab'],
    ]
  : [given];
const ended = await Promise.all(halves.map((args) => (isApart ? run(args) : show(args))));
const [passed, failed, skipped] = sum(ended.map(({ counts }) => counts));
if (isApart) console.log(`\nAll: ${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = ended.find(({ status }) => status !== 0)?.status ?? 0;

type Counts = readonly [number, number, number];

interface Ended {
  readonly status: number;
  readonly counts: Counts;
}

/** Runs one half, line by line, and reads its last line (test/closing-lines.ts). */
function run(args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [vitest, 'run', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let counts: Counts = [0, 0, 0];
    createInterface(child.stdout).on('line', (line) => {
      console.log(line);
      const said = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/.exec(line);
      if (said !== null) counts = [Number(said[1]), Number(said[2]), Number(said[3] ?? 0)];
    });
    createInterface(child.stderr).on('line', (line) => console.error(line));
    child.once('close', (status) => resolve({ status: status ?? 1, counts }));
  });
}

/** Runs all of it as it is. */
function show(args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [vitest, 'run', ...args], { stdio: 'inherit' });
    child.once('close', (status) => resolve({ status: status ?? 1, counts: [0, 0, 0] }));
  });
}

function sum(all: readonly Counts[]): [number, number, number] {
  return all.reduce<[number, number, number]>(
    (total, [a, b, c]) => [total[0] + a, total[1] + b, total[2] + c],
    [0, 0, 0],
  );
}
