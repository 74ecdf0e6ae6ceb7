import { afterAll, expect, test } from 'vitest';
import { hunt } from './hunt.js';
import type { Reader } from './reader.js';
import { watchdog } from './watchdog.js';

/*
 * FUZZ_CASES=100000 tries longer, FUZZ_SEED=7 tries other inputs, FUZZ_READER=… one reader only, and FUZZ_CASE=… one
 * input of it: what a failure names.
 */
const { FUZZ_CASES, FUZZ_SEED, FUZZ_READER, FUZZ_CASE } = process.env;

/** Inputs for each reader, and how few of them are enough where the machine is slow. */
const usual = { cases: 600, least: 60, stopAfter: 1500, giveUpAfter: 30_000 };

/** A test for each reader: whatever it is given, it answers or refuses in its own words. */
export function fuzz(readers: readonly Reader[]): void {
  const dog = watchdog(readers.map(({ name }) => name));
  afterAll(() => dog.stop());
  const longer = FUZZ_CASES !== undefined;
  const options = {
    seed: Number(FUZZ_SEED ?? 1),
    cases: Number(FUZZ_CASES ?? usual.cases),
    least: usual.least,
    stopAfter: longer ? Number.POSITIVE_INFINITY : usual.stopAfter,
    giveUpAfter: longer ? Number.POSITIVE_INFINITY : usual.giveUpAfter,
    only: FUZZ_CASE === undefined ? undefined : Number(FUZZ_CASE),
  };
  for (const reader of readers) {
    // Without FUZZ_READER all of them: it is for seeing one failure again.
    test.runIf(FUZZ_READER === undefined || FUZZ_READER === reader.name)(reader.name, { timeout: 0 }, async () => {
      for (const seed of reader.seeds) {
        expect(await reader.run(Buffer.from(seed)), `a sample of ${reader.name} is refused`).toBe(true);
      }
      const { cases, accepted, slowest, fault } = await hunt(reader, options, dog);
      if (longer)
        console.log(`${reader.name}: ${cases} cases, ${accepted} accepted, slowest ${Math.round(slowest)} ms`);
      expect(fault).toBeUndefined();
      if (options.only === undefined) expect(cases).toBeGreaterThanOrEqual(usual.least);
    });
  }
}
