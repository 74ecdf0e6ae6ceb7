import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { visibleLine } from '../../diagnostics/printable.js';
import { drawOnTerminal } from './output.js';

/** Asks for a line on the terminal. Nothing typed, an end of the input and an interruption give an empty one. */
export function askLine(question: string, interrupted?: AbortSignal): Promise<string> {
  // Whatever moves the cursor while somebody types is readline's own.
  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      drawOnTerminal(chunk.toString('utf8'));
      done();
    },
  });
  const lines = createInterface({ input: process.stdin, output, terminal: true, historySize: 0 });
  return new Promise((resolve) => {
    const end = (answer: string) => {
      resolve(answer);
      interrupted?.removeEventListener('abort', leave);
      lines.close();
    };
    const leave = () => end('');
    interrupted?.addEventListener('abort', leave, { once: true });
    lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
    lines.once('close', () => end(''));
    lines.question(visibleLine(question), end);
  });
}
