import type { SyncEvents } from '../../registry/copy/sync-images.js';
import { printLines } from '../terminal/output.js';
import { Progress, showProgress } from './progress.js';
import { planLine, resultLines } from './report-text.js';

/** Options of {@link SyncOutput}. */
interface SyncOutputOptions {
  readonly output: 'live' | 'lines' | 'json' | undefined;
  /** True: nothing is printed but the JSON at the end. */
  readonly json: boolean;
  /** True: images that were up to date are printed too. */
  readonly details: boolean;
}

/** Output of a sync while it runs: lines for its events, and its progress below them. */
export class SyncOutput {
  readonly events: Required<SyncEvents>;
  readonly #json: boolean;
  readonly #progressBar: ReturnType<typeof showProgress> | undefined;

  /** @param several true: there are several targets, and each line about an image begins with its own */
  constructor({ output, json, details }: SyncOutputOptions, several: boolean) {
    const progress = new Progress();
    const live = output === 'live' || (output === undefined && process.stderr.isTTY === true);
    this.#json = json;
    this.#progressBar = json ? undefined : showProgress(progress, live);
    this.events = {
      planned: (target, plan) => {
        progress.planned(target, plan);
        this.print([planLine(plan, target.host), ...plan.notices]);
      },
      ended: (target, result) => {
        progress.ended();
        this.print(resultLines(result, details).map((line) => (several ? `${target.host}: ${line}` : line)));
      },
    };
  }

  /** Prints lines above the progress. */
  print(lines: readonly string[]): void {
    if (this.#json || lines.length === 0) return;
    this.#progressBar?.clear();
    printLines(lines);
  }

  /** Ends the progress; to be called however the sync ended. */
  stop(): void {
    this.#progressBar?.stop();
  }
}
