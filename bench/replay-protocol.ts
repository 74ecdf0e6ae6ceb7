/** Word that marks the output of a script (src/connection/shell/marked-stream.ts). */
export const tokens = /provision-[0-9a-f]{24}/g;
/** Characters of such a word. */
export const tokenLength = 'provision-'.length + 24;

/** Output of a recorded command, sent once its input has had so many tokens. */
export interface RecordedOutput {
  readonly after: number;
  readonly stream: 'out' | 'err';
  /** Text in which `\0N\0` stands for the Nth token that the command and its input had. */
  readonly text: string;
}

/** Returns the token that a command announces itself with: in two halves, so that no quote of it looks like the token. */
export function announcedIn(command: string): string {
  const [, head = '', tail = ''] = /printf "%s%s;" (provision-[0-9a-f]{16}) ([0-9a-f]{8})/.exec(command) ?? [];
  return head + tail;
}

/** Reader of the input of a command: it counts the tokens and keeps each new one. */
export class TokenReader {
  readonly known: string[];
  count = 0;
  #rest = '';

  constructor(command: string) {
    this.known = [announcedIn(command)];
  }

  read(chunk: Buffer): void {
    const text = this.#rest + chunk.toString('latin1');
    let end = 0;
    for (const { 0: token, index } of text.matchAll(tokens)) {
      this.count += 1;
      if (!this.known.includes(token)) this.known.push(token);
      end = index + tokenLength;
    }
    this.#rest = text.slice(Math.max(end, text.length - tokenLength + 1));
  }
}
