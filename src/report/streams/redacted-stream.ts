import type { Secrets } from '../../diagnostics/secrets/secrets.js';

/** Text in chunks as it comes, without secrets: one that begins in a chunk and ends in a later one too. */
export interface RedactedText {
  /** What can be shown now. The end of it is held back where a secret may have begun. */
  push(chunk: string): string;
  /** The rest: nothing more comes, or it has been waited for long enough. */
  end(): string;
}

export function redactedText(secrets: Secrets): RedactedText {
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

/** The part of a stream that is guarded. */
export type Output = Pick<NodeJS.WriteStream, 'write'>;

/**
 * Keeps secrets out of whatever is written to a stream from now on, by whomever: the last gate before the terminal.
 * What is held back for a chunk that might go on goes out a moment later: prompts and moving rows end without a line.
 */
export function guardOutput(stream: Output, secrets: Secrets): void {
  const write = stream.write.bind(stream);
  const text = redactedText(secrets);
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
    // An empty write asks when all before it is out (cli/terminal/flush.ts); a whole line is complete, as are a secret's own lines.
    const whole = words === '' || words.endsWith('\n');
    const shown = text.push(words) + (whole ? text.end() : '');
    timer = whole ? undefined : setTimeout(release, 30).unref();
    return write(shown, typeof encoding === 'function' ? encoding : done);
  };
  process.once('exit', release);
  stream.write = guarded;
}
