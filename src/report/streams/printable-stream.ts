import { visible } from '../../diagnostics/printable.js';
import type { Output } from './redacted-stream.js';

/** Sequences that the painter (paint.ts) and listr2 write: colours, and the cursor hidden while rows are drawn. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is let through
const ours = /(\u001B\[(?:0|1|2|22|3[1-6]|39)m|\u001B\[\?25[hl])/;

/** Shows whatever acts on a terminal in a text, but for line ends, tabs and our own colours. */
export function onlyPrintable(text: string): string {
  return text
    .split(ours)
    .map((part, at) => (at % 2 === 1 ? part : visible(part)))
    .join('');
}

let isDrawing = false;

/** Runs a write that moves the cursor on purpose: rows, a line of progress, a question. Its texts are printable already. */
export function whileDrawing(write: () => void): void {
  const before = isDrawing;
  isDrawing = true;
  try {
    write();
  } finally {
    isDrawing = before;
  }
}

/**
 * Keeps whatever acts on a terminal out of all text that is written to a stream from now on, by whomever: the last gate,
 * for what was not made printable where it was put together. Bytes are data, and pass as they are.
 */
export function guardTerminal(stream: Output): void {
  const write = stream.write.bind(stream);
  const guarded = (
    chunk: string | Uint8Array,
    encoding?: BufferEncoding | ((error?: Error | null) => void),
    done?: (error?: Error | null) => void,
  ): boolean => {
    const shown = isDrawing || typeof chunk !== 'string' ? chunk : onlyPrintable(chunk);
    return typeof encoding === 'string' ? write(shown, encoding, done) : write(shown, encoding);
  };
  stream.write = guarded;
}
