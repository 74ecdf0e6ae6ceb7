import { quote } from '../sh.js';
import type { Request } from './connection.js';

/**
 * The script of one request for a long-lived sh: a subshell of its own with its standard input closed (or fed), then a
 * line with the token and the exit status on standard output, and one with the token on standard error. `eval` has no
 * limit on its length, and a syntax error in it ends the subshell only. Descriptor 9 holds the run lock: not for children.
 */
export function frame(
  { script, stdin, inShell }: Pick<Request, 'script' | 'stdin' | 'inShell'>,
  token: string,
): string {
  if (inShell) return `${script.script}\n${marks(token)}`;
  const run = `( LC_ALL=C; export LC_ALL; eval ${alwaysQuoted(script.script)} )`;
  return `${feed(run, stdin, token)}\n${marks(token)}`;
}

function marks(token: string): string {
  return `printf '\\n%s %s\\n' ${token} $?; printf '\\n%s\\n' ${token} >&2\n`;
}

function feed(run: string, stdin: string | Uint8Array | undefined, token: string): string {
  if (stdin === undefined) return `${run} </dev/null 9>&-`;
  const end = `END_${token}`;
  if (typeof stdin === 'string' && stdin.endsWith('\n') && !stdin.includes('\0'))
    return `${run} 9>&- <<'${end}'\n${stdin}${end}`;
  const encoded = Buffer.from(stdin)
    .toString('base64')
    .replace(/.{1,76}/g, '$&\n');
  return `base64 -d 9>&- <<'${end}' | ${run} 9>&-\n${encoded}${end}`;
}

function alwaysQuoted(text: string): string {
  return text === '' ? "''" : quote(text);
}

/** What arrived on one stream of a shell, cut at the token lines. */
export class FrameReader {
  private chunks: Buffer[] = [];
  private tail = '';
  private readonly separator: Buffer;

  constructor(
    private readonly token: string,
    private readonly onFrame: (text: string, rest: string) => void,
  ) {
    this.separator = Buffer.from(`\n${token}`);
  }

  push(chunk: Buffer): void {
    this.chunks.push(chunk);
    // Only the end of what came before can be the beginning of a token line.
    this.tail = (this.tail + chunk.toString('latin1')).slice(-(chunk.length + this.separator.length + 8));
    if (!this.tail.includes(`\n${this.token}`)) return;
    let all = Buffer.concat(this.chunks);
    for (;;) {
      const start = all.indexOf(this.separator);
      const end = start < 0 ? -1 : all.indexOf(10, start + this.separator.length);
      if (end < 0) break;
      const rest = all
        .subarray(start + this.separator.length, end)
        .toString('latin1')
        .trim();
      const text = all.subarray(0, start).toString('utf8');
      all = all.subarray(end + 1);
      this.onFrame(text, rest);
    }
    this.chunks = [all];
    this.tail = all.toString('latin1').slice(-(this.separator.length + 8));
  }
}
