import { StringDecoder } from 'node:string_decoder';

/** A stream of bytes cut into lines for the live view, however it arrives. */
export interface LineFeed {
  push(chunk: Buffer): void;
  /** Nothing more comes: a last line without an end is a line too. */
  end(): void;
}

export function lineFeed(onLine: (line: string) => void): LineFeed {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  const give = (line: string) => {
    if (line.trim() !== '') onLine(line);
  };
  return {
    push(chunk) {
      const lines = (rest + decoder.write(chunk)).split(/[\r\n]/);
      rest = lines.pop() ?? '';
      for (const line of lines) give(line);
    },
    end() {
      give(rest + decoder.end());
      rest = '';
    },
  };
}
