import { stripVTControlCharacters } from 'node:util';
import {
  DefaultRenderer,
  type ListrDefaultRendererOptions,
  type ListrDefaultRendererTask,
  type ListrEventManager,
  ListrLogger,
} from 'listr2';
import { makePrintable, whileDrawing } from '../streams/printable-stream.js';

/** Fewest milliseconds between two drawings. */
const interval = 100;

/** Text waiting to be printed above the rows: whole lines. */
export interface Above {
  text: string;
}

/**
 * Returns listr2's default renderer, made cheap enough for many hosts. It draws one row for each host at work (a task with
 * a title), as many as the terminal has lines. It draws at most ten times a second, in one write with the text above.
 */
export function hostRows(above: Above): typeof DefaultRenderer {
  const terminal = new ListrLogger({ useIcons: true, toStderr: [] });

  return class HostRows extends DefaultRenderer {
    readonly #hosts: readonly ListrDefaultRendererTask[];
    #drawnAt = 0;
    /** Widths of the rows on the screen, to know how many lines they take. */
    #drawn: readonly number[] = [];

    constructor(hosts: ListrDefaultRendererTask[], options: ListrDefaultRendererOptions, events: ListrEventManager) {
      super(hosts, { ...options, logger: terminal, formatOutput: 'truncate', clearOutput: true }, events);
      this.#hosts = hosts;
    }

    /** Draws if it is time: listr2 calls it for each change of a task and each step of the spinner. */
    override update(): void {
      const now = performance.now();
      if (now - this.#drawnAt < interval - 5) return;
      this.#drawnAt = now;
      this.#draw(this.#rows());
    }

    override end(): void {
      this.#draw([]);
      super.end();
    }

    override create(): string {
      return '';
    }

    #rows(): string[] {
      const height = Math.max(1, (process.stdout.rows || 24) - 2);
      const atWork = this.#hosts.filter((host) => (host.title ?? '') !== '');
      const shown = atWork.length <= height ? atWork : atWork.slice(0, height - 1);
      const rows = shown.flatMap((host) => this.format(String(host.title), this.style(host), 0));
      const left = atWork.length - shown.length;
      return left === 0 ? rows : [...rows, `… ${left} more hosts at work`];
    }

    #draw(rows: readonly string[]): void {
      const width = process.stdout.columns || 80;
      const lines = this.#drawn.reduce((sum, row) => sum + Math.max(1, Math.ceil(row / width)), 0);
      const erase = lines === 0 ? '' : `\u001B[${lines}F\u001B[J`;
      const frame = `${erase}${makePrintable(`${above.text}${rows.map((row) => `${row}\n`).join('')}`)}`;
      above.text = '';
      this.#drawn = rows.map((row) => stripVTControlCharacters(row).length);
      if (frame !== '') whileDrawing(() => terminal.process.toStdout(frame, false));
    }
  };
}
