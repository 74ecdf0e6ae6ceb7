import { expect, test } from 'vitest';
import { painter } from '../text/paint.js';
import { guardTerminal, whileDrawing } from './printable-stream.js';

function guarded() {
  const written: (string | Uint8Array)[] = [];
  const stream = {
    write(chunk: string | Uint8Array, encoding?: unknown, done?: unknown) {
      written.push(chunk);
      for (const each of [encoding, done]) if (typeof each === 'function') each();
      return true;
    },
  };
  guardTerminal(stream);
  return { stream, written };
}

test('what was forgotten to be made printable is so at the last gate, and our colours stay', () => {
  const { stream, written } = guarded();
  stream.write(`${painter(true)('red', 'a\u001B[2J')}\u001B[?25l\r\u001B[31;5mb\u202E\n`);
  expect(written).toEqual(['\u001B[31ma\\x1b[2J\u001B[0m\u001B[?25l\\x0d\\x1b[31;5mb\\u{202e}\n']);
});

test('what is drawn moves the cursor, and what is written after it does not', async () => {
  const { stream, written } = guarded();
  whileDrawing(() => stream.write('\r\u001B[2K12 MB'));
  await new Promise<void>((resolve) => stream.write('\r', () => resolve()));
  expect(written).toEqual(['\r\u001B[2K12 MB', '\\x0d']);
});

test('bytes are data', () => {
  const { stream, written } = guarded();
  stream.write(Buffer.from([0x1b, 0xff]));
  expect(written).toEqual([Buffer.from([0x1b, 0xff])]);
});
