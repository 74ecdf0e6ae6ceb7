import { clearProgress, printMessage } from './output.js';

/** Says on standard error what may be worth knowing, over a line of progress where one is drawn. */
export function note(line: string): void {
  if (process.stderr.isTTY === true) clearProgress();
  printMessage(`note: ${line}`);
}
