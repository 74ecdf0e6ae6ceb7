import type { OpenedRegistry } from '../../registry/client/open.js';
import type { SyncPlan } from '../../registry/plan/sync-plan.js';
import { formatBytes } from '../../text/format-bytes.js';
import { formatDuration } from '../../text/format-duration.js';
import { clearProgress, drawProgress, printMessage } from '../terminal/output.js';

/** Progress of a sync, as a line: images, bytes, rate, time left. */
export class Progress {
  readonly #targets = new Map<OpenedRegistry, { bytes: number; images: number; before: number }>();
  #done = 0;
  readonly #began = performance.now();

  planned(target: OpenedRegistry, { totals, images }: SyncPlan): void {
    this.#targets.set(target, { bytes: totals.bytes, images: images.length, before: target.traffic.sent });
  }

  ended(): void {
    this.#done += 1;
  }

  /** Returns the line; undefined while no bytes are planned to be copied. */
  line(): string | undefined {
    const targets = [...this.#targets];
    const bytes = targets.reduce((sum, [, { bytes }]) => sum + bytes, 0);
    if (bytes === 0) return undefined;
    const images = targets.reduce((sum, [, { images }]) => sum + images, 0);
    const moved = Math.min(
      bytes,
      targets.reduce((sum, [target, { before }]) => sum + target.traffic.sent - before, 0),
    );
    const seconds = (performance.now() - this.#began) / 1000;
    const rate = moved / seconds;
    const left = rate > 0 && seconds > 1 ? `, ${formatDuration((bytes - moved) / rate)} left` : '';
    return `${this.#done}/${images} images, ${formatBytes(moved)} of ${formatBytes(bytes)}, ${formatBytes(rate)}/s${left}`;
  }
}

/** Draws the progress on a terminal, or writes a line every ten seconds elsewhere. `stop` clears it. */
export function showProgress(progress: Progress, live: boolean): { clear(): void; stop(): void } {
  const draw = () => {
    const line = progress.line();
    if (line === undefined) return;
    if (live) drawProgress(line);
    else printMessage(line);
  };
  const timer = setInterval(draw, live ? 200 : 10_000);
  const clear = () => {
    if (live) clearProgress();
  };
  return {
    clear,
    stop() {
      clearInterval(timer);
      clear();
    },
  };
}
