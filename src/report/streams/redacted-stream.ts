import type { Secrets } from '../../diagnostics/secrets/secrets.js';

/** Redactor of a text in chunks: it finds a secret that begins in one chunk and ends in a later one, too. */
export interface TextRedactor {
  /** Returns the text that can be shown now. Its end is held back where a secret may have begun. */
  push(chunk: string): string;
  /** Returns the rest, when no more chunks come or the wait was long enough. */
  end(): string;
}

/** Returns a redactor for a text in chunks. */
export function textRedactor(secrets: Secrets): TextRedactor {
  let rest = '';
  return {
    push(chunk) {
      const text = rest + chunk;
      const length = secrets.safeLength(text);
      rest = text.slice(length);
      return secrets.redact(text.slice(0, length));
    },
    end() {
      const text = secrets.redact(rest);
      rest = '';
      return text;
    },
  };
}

/** Part of a stream that is guarded. */
export type GuardedStream = Pick<NodeJS.WriteStream, 'write'>;

/**
 * Keeps secrets out of everything that is written to a stream from now on: the last gate before the terminal. Text that is
 * held back is written a moment later, since prompts and moving rows don't end with a line.
 */
export function guardOutput(stream: GuardedStream, secrets: Secrets): void {
  const write = stream.write.bind(stream);
  const text = textRedactor(secrets);
  let timer: NodeJS.Timeout | undefined;
  const release = () => {
    const rest = text.end();
    if (rest !== '') write(rest);
  };
  const guarded = (
    chunk: string | Uint8Array,
    encoding?: BufferEncoding | ((error?: Error | null) => void),
    done?: (error?: Error | null) => void,
  ): boolean => {
    clearTimeout(timer);
    const words = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
    // An empty write waits for all before it (cli/terminal/flush.ts); a whole line is complete, as are a secret's own lines.
    const whole = words === '' || words.endsWith('\n');
    const shown = text.push(words) + (whole ? text.end() : '');
    timer = whole ? undefined : setTimeout(release, 30).unref();
    return write(shown, typeof encoding === 'function' ? encoding : done);
  };
  process.once('exit', release);
  stream.write = guarded;
}
