import { visible } from '../../diagnostics/printable.js';
import type { GuardedStream } from './redacted-stream.js';

/** Sequences of the painter (paint.ts) and of listr2: colours, and the cursor hidden while rows are drawn. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these pass
const ours = /(\u001B\[(?:0|1|2|22|3[1-6]|39)m|\u001B\[\?25[hl])/;

/** Makes a text printable: characters that act on a terminal are shown, but for line ends, tabs and our own colours. */
export function makePrintable(text: string): string {
  return text
    .split(ours)
    .map((part, at) => (at % 2 === 1 ? part : visible(part)))
    .join('');
}

let isDrawing = false;

/** Runs a write that moves the cursor on purpose: rows, a line of progress, a question. Its texts must be printable already. */
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
 * Makes all text printable that is written to a stream from now on: the last gate, for text that was not made printable
 * before. Bytes are data, and pass as they are.
 */
export function guardTerminal(stream: GuardedStream): void {
  const write = stream.write.bind(stream);
  const guarded = (
    chunk: string | Uint8Array,
    encoding?: BufferEncoding | ((error?: Error | null) => void),
    done?: (error?: Error | null) => void,
  ): boolean => {
    const shown = isDrawing || typeof chunk !== 'string' ? chunk : makePrintable(chunk);
    return typeof encoding === 'string' ? write(shown, encoding, done) : write(shown, encoding);
  };
  stream.write = guarded;
}
