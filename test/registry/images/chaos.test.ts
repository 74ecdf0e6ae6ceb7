import { describe, expect, it } from 'vitest';
import { tagsOf } from '../proxy/image-set.js';
import { populate } from '../proxy/populate.js';
import { differences } from '../proxy/read-back.js';
import { Seeded } from '../proxy/seeded.js';
import { installed } from '../proxy/start-registry.js';
import { ourList } from './list-files.js';
import { startPair } from './pair.js';
import { randomFaults } from './random-faults.js';
import { randomSet } from './random-set.js';
import { type SyncRun, syncPlace } from './run-sync.js';

/*
 * Everything goes wrong on both sides, and the command is killed at any moment. Whatever happens, no tag of the target
 * ever leads to other bytes than the source's (or its own of before), and a run that doesn't bring everything says so:
 * its status is not 0, and its report names what lacks. `PROVISION_CHAOS=100-200` tries other seeds.
 */
const [first = 1, last = first + 13] = (process.env.PROVISION_CHAOS ?? '').split('-').filter(Boolean).map(Number);
const seeds = Array.from({ length: last - first + 1 }, (_, at) => first + at);

describe.skipIf(!installed('docker-registry')).concurrent('a sync where everything goes wrong', () => {
  it.each(seeds)('brings all, or says what lacks: seed %i', { timeout: 300_000 }, async (seed) => {
    const random = new Seeded(`chaos ${seed}`);
    const lifetimeSeconds = random.pick([0, 1, 300]);
    const auth = lifetimeSeconds === 0 ? {} : { auth: { service: 'chaos', lifetimeSeconds } };
    const [pair, place] = await Promise.all([startPair(auth), syncPlace()]);
    const { source, target } = pair;
    const { set, before } = randomSet(seed);
    const list = ourList(set);
    const options = random.pick([[], ['--verify', 'deep'], ['--chunk-size', '0.1'], ['--verify', 'present']]);
    const told: string[] = [];
    const began = Date.now();

    /** One run, and that it told the truth. @returns whether all is there */
    const run = async (share: number, turn: number, killAfterMs?: number): Promise<boolean> => {
      source.proxy.reset({ seed, faults: randomFaults(`${seed} source ${turn}`, share) });
      target.proxy.reset({ seed, faults: randomFaults(`${seed} target ${turn}`, share) });
      const started = Date.now();
      const kill = () => killAfterMs !== undefined && Date.now() - started > killAfterMs;
      const ended = await place.sync(list, source.proxy.url, target.proxy.url, options, kill);
      const lacks = await differences(target.registry.url, set, before);
      const faults = [source.proxy.counts.faults, target.proxy.counts.faults];
      told.push(JSON.stringify({ turn, ms: Date.now() - began, status: ended.status, faults, lacks: lacks.length }));
      const why = () => `seed ${seed}\n${told.join('\n')}\n${failures(ended)}`;
      expect(
        lacks.filter(({ kind }) => kind === 'wrong' || kind === 'incomplete'),
        why(),
      ).toEqual([]);
      expect([source.proxy.elsewhere.withAuthorization, target.proxy.elsewhere.withAuthorization], why()).toEqual([
        0, 0,
      ]);
      if (ended.status === null) return false;
      if (ended.status === 0) expect(lacks, why()).toEqual([]);
      else expect([2, 4], why()).toContain(ended.status);
      // Without a report nothing was begun, and the message says why.
      if (ended.report === undefined) expect(ended.stderr).toMatch(/^error: could not /);
      else if (ended.status === 2) expect(unnamed(ended, set, lacks), why()).toEqual([]);
      return ended.status === 0;
    };

    try {
      await populate(source.registry.url, set);
      await populate(target.registry.url, before);
      if (random.next() < 0.5) await run(1, 0, random.between(100, 1500));
      for (let turn = 1; turn <= 3; turn += 1) if (await run(1 / turn, turn)) break;
      expect(await run(0, 4), told.join('\n')).toBe(true);
    } finally {
      await Promise.all([pair.close(), place.close()]);
    }
  });
});

/** What lacks and is in no failure of the report. What is attached to an image counts as the image's. */
function unnamed(
  { report }: SyncRun,
  set: Parameters<typeof tagsOf>[0],
  lacks: readonly { readonly image: string }[],
): string[] {
  const failed = (report?.images ?? []).filter(({ state }) => state === 'failed').map(({ name }) => name);
  const listed = new Set(tagsOf(set));
  return lacks
    .map(({ image }) => image)
    .filter((image) =>
      listed.has(image) ? !failed.includes(image) : !failed.some((name) => name.split(':')[0] === image.split(':')[0]),
    );
}

function failures({ report, stderr }: SyncRun): string {
  const lines = (report?.images ?? []).flatMap(({ name, error }) =>
    error === undefined ? [] : [`${name}: ${error.message}`],
  );
  return [...lines, stderr].join('\n');
}
