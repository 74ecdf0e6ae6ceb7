import { clearProgress, printMessage } from './output.js';

/** Prints a note on standard error, over a line of progress where one is drawn. */
export function note(line: string): void {
  if (process.stderr.isTTY === true) clearProgress();
  printMessage(`note: ${line}`);
}
