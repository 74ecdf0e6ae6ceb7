import { visibleLine, visibleMessage } from '../../diagnostics/printable.js';
import { printableJson } from '../../diagnostics/printable-json.js';
import { makePrintable, whileDrawing } from '../../report/streams/printable-stream.js';

/*
 * All output of a command passes through here; test/house/output.test.ts keeps it so. Whatever comes from outside (a
 * registry, a list, a file, a host, an argument) can then neither act on a terminal nor begin a line of its own.
 */

/** Prints lines on standard output. Each stays one line, whatever is in it. */
export function printLines(lines: readonly string[]): void {
  if (lines.length > 0) process.stdout.write(`${lines.map(visibleLine).join('\n')}\n`);
}

/** Prints a text with line ends and colours of our own on standard output. Values in it are made visible before. */
export function printText(text: string): void {
  process.stdout.write(makePrintable(text));
}

let isHeld = false;

/** Prints such a text with all that is printed in this turn: each write is a call of the system, and a run has thousands. */
export function printWithTurn(text: string): void {
  if (!isHeld) {
    isHeld = true;
    process.stdout.cork();
    process.nextTick(release);
    process.once('exit', release);
  }
  printText(text);
}

function release(): void {
  isHeld = false;
  process.off('exit', release);
  process.stdout.uncork();
}

/** Prints a value as JSON on standard output: in one line, or indented by so many blanks. */
export function printJson(value: unknown, indent?: number): void {
  process.stdout.write(`${printableJson(value, indent)}\n`);
}

/** Prints data as it is: the content of a file, for a file or a program. Nothing in it is made visible. */
export function printData(data: string | Uint8Array): void {
  process.stdout.write(typeof data === 'string' ? Buffer.from(data) : data);
}

/** Writes a line on standard error, of bounded length: a message may quote whatever came from outside. */
export function printMessage(message: string): void {
  process.stderr.write(`${visibleMessage(message)}\n`);
}

/** Prints such a text on standard error. */
export function printErrorText(text: string): void {
  process.stderr.write(makePrintable(text));
}

/** Clears a line of progress, where there may be one. */
export function clearProgress(): void {
  drawOnTerminal('\r\x1b[2K');
}

/** Draws a line of progress over the one before. */
export function drawProgress(line: string): void {
  const shown = visibleLine(line).slice(0, (process.stderr.columns || 80) - 1);
  drawOnTerminal(`\r\x1b[2K${shown}`);
}

/** Writes on standard error what moves the cursor. Its texts are visible already. */
export function drawOnTerminal(text: string): void {
  whileDrawing(() => process.stderr.write(text));
}
