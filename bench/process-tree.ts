import { readdir, readFile } from 'node:fs/promises';

/** Watches a process and all below it, and adds up what they hold in memory: shared pages are counted once. */
export class TreeMemory {
  /** The largest sum seen, in MB. */
  peak = 0;
  readonly #clock: NodeJS.Timeout;
  readonly #root: number;
  readonly #marker: string;
  #measuring = false;

  /** @param marker processes with this in their command line are counted too, wherever they hang */
  constructor(root: number, marker: string, milliseconds = 400) {
    this.#root = root;
    this.#marker = marker;
    this.#clock = setInterval(() => void this.#measure(), milliseconds);
  }

  stop(): void {
    clearInterval(this.#clock);
  }

  async #measure(): Promise<void> {
    if (this.#measuring) return;
    this.#measuring = true;
    let sum = 0;
    for (const pid of await this.#members()) {
      const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
      sum += Number(/^Pss:\s+(\d+)/m.exec(text)?.[1] ?? 0);
    }
    this.peak = Math.max(this.peak, sum / 1024);
    this.#measuring = false;
  }

  async #members(): Promise<number[]> {
    const parents = new Map<number, number>();
    const marked: number[] = [];
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
    for (const pid of pids) {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
      const [, parent] = /\) \S (\d+)/.exec(stat) ?? [];
      if (parent !== undefined) parents.set(pid, Number(parent));
      if (!stat.includes(' (ssh) ')) continue;
      const line = await readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '');
      if (line.startsWith('ssh: ') && line.includes(this.#marker)) marked.push(pid);
    }
    const below = (pid: number | undefined): boolean =>
      pid !== undefined && (pid === this.#root || below(parents.get(pid)));
    return [...pids.filter(below), ...marked];
  }
}
