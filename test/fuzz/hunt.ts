import { seeded } from '../kit/random.js';
import { mutated } from './mutate.js';
import { Broken, type Reader } from './reader.js';
import { shrunk } from './shrink.js';
import type { Watchdog } from './watchdog.js';

export interface HuntOptions {
  readonly seed: number;
  /** Inputs to try. */
  readonly cases: number;
  /** Of which so many are tried however long that takes, as long as it is less than `giveUpAfter`. */
  readonly least: number;
  /** Milliseconds after which no more are tried. */
  readonly stopAfter: number;
  readonly giveUpAfter: number;
  /** Only this one, of a hunt with the same seed. */
  readonly only?: number | undefined;
}

/** Result of a hunt: how much was tried, and what was found. */
export interface Hunt {
  readonly cases: number;
  /** Inputs that the reader accepted. */
  readonly accepted: number;
  /** Processor time of the slowest input, in milliseconds. */
  readonly slowest: number;
  readonly fault: string | undefined;
}

/** Processor time, in milliseconds, that one input of at most 64 KiB may take. It doesn't depend on how busy the machine is. */
const longest = 3000;

/** Tries a reader with broken inputs, until one breaks it. The same seed gives the same inputs. */
export async function hunt(reader: Reader, options: HuntOptions, dog: Watchdog): Promise<Hunt> {
  const { seed, cases, least: fewest, stopAfter, giveUpAfter, only } = options;
  const began = Date.now();
  let accepted = 0;
  let slowest = 0;
  let tried = 0;
  for (let attempt = only ?? 0; attempt < (only === undefined ? cases : only + 1); attempt += 1) {
    const passed = Date.now() - began;
    if (passed > giveUpAfter || (passed > stopAfter && tried >= fewest)) break;
    const input = mutated(reader, seeded(seed * 1_000_003 + attempt));
    if (only !== undefined) console.log(JSON.stringify(input.toString('latin1'))); // It may never come back.
    dog.watch(reader.name, seed, attempt);
    const outcome = await tryOn(reader, input);
    dog.rest();
    tried += 1;
    slowest = Math.max(slowest, outcome.took);
    if (outcome.accepted) accepted += 1;
    if (outcome.fault === undefined) continue;
    const { fault } = outcome;
    const least = await shrunk(
      input,
      async (smaller) => kindOf((await tryOn(reader, smaller)).fault) === kindOf(fault),
    );
    const { fault: said = fault } = await tryOn(reader, least);
    const again = `FUZZ_READER="${reader.name}" FUZZ_SEED=${seed} FUZZ_CASE=${attempt}`;
    return {
      cases: tried,
      accepted,
      slowest,
      fault: `${said}\ninput: ${JSON.stringify(least.toString('latin1'))}\nagain: ${again}`,
    };
  }
  return { cases: tried, accepted, slowest, fault: undefined };
}

/** Outcome of one input. */
async function tryOn(reader: Reader, input: Buffer): Promise<{ accepted: boolean; took: number; fault?: string }> {
  const began = process.cpuUsage();
  const took = () => {
    const { user, system } = process.cpuUsage(began);
    return (user + system) / 1000;
  };
  try {
    const accepted = await reader.run(input);
    return took() > longest
      ? { accepted, took: took(), fault: `too slow: ${Math.round(took())} ms` }
      : { accepted, took: took() };
  } catch (error) {
    const answer = !(error instanceof Broken) && reader.refuses(error);
    if (answer && took() <= longest) return { accepted: false, took: took() };
    if (answer) return { accepted: false, took: took(), fault: `too slow: ${Math.round(took())} ms` };
    const fault = error instanceof Error ? (error.stack ?? String(error)) : `threw ${String(error)}`;
    return { accepted: false, took: took(), fault };
  }
}

/** The first words of a fault, without what differs from input to input. */
function kindOf(fault: string | undefined): string | undefined {
  return fault?.split('\n')[0]?.replace(/["'].*|\d+/g, '');
}
