import { StringDecoder } from 'node:string_decoder';

/** Splitter of a byte stream into lines for the live view. */
export interface LineFeed {
  push(chunk: Buffer): void;
  /** Ends the stream: a last line without an end is a line too. */
  end(): void;
}

/** Most characters that are shown of a line. */
const longest = 4096;
/** Characters that a script may show at once, and those that it gains each second; each line counts for some more. */
const atOnce = 2 * 1024 * 1024;
const perSecond = 256 * 1024;
const ofLine = 64;

const newline = 10;

/**
 * Returns a splitter of a script's output into lines. Its time grows with the length of the output only. Where a script
 * prints more than anybody could read, whole pieces are skipped, and a line in their place says how many bytes.
 *
 * @param clock returns the milliseconds since some moment
 */
export function lineFeed(onLine: (line: string) => void, clock: () => number = () => performance.now()): LineFeed {
  let decoder = new StringDecoder('utf8');
  let rest = '';
  let isCut = false;
  let left = atOnce;
  let since = clock();
  /** Bytes that were skipped, up to the middle of a line. */
  let missing = 0;

  const give = () => {
    const line = isCut ? `${rest} …` : rest;
    rest = '';
    isCut = false;
    if (line.trim() === '') return;
    left -= line.length + ofLine;
    onLine(line);
  };
  const take = (text: string) => {
    const pieces = text.split(/[\r\n]/);
    for (const [index, piece] of pieces.entries()) {
      if (index > 0) give();
      const room = longest - rest.length;
      isCut ||= piece.length > room;
      rest += piece.slice(0, room);
    }
  };
  const mayShow = () => {
    const now = clock();
    left = Math.min(atOnce, left + ((now - since) / 1000) * perSecond);
    since = now;
    return left > 0;
  };
  const skip = (chunk: Buffer) => {
    give();
    missing += chunk.length;
    decoder = new StringDecoder('utf8');
  };
  const resume = (chunk: Buffer): Buffer => {
    const end = chunk.indexOf(newline);
    const passed = end < 0 ? chunk.length : end + 1;
    missing += passed;
    if (end >= 0) reportMissing();
    return chunk.subarray(passed);
  };
  const reportMissing = () => {
    if (missing > 0) onLine(`… ${missing} bytes left out …`);
    missing = 0;
  };

  return {
    push(chunk) {
      if (!mayShow()) skip(chunk);
      else take(decoder.write(missing > 0 ? resume(chunk) : chunk));
    },
    end() {
      reportMissing();
      take(decoder.end());
      give();
    },
  };
}
