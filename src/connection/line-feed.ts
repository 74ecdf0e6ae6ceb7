import { StringDecoder } from 'node:string_decoder';

/** Cuts a stream into finished lines for the live view; those that carry the token are not for it. */
export function lineFeed(token: string, onLine: (line: string) => void): (chunk: Buffer) => void {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  return (chunk) => {
    const lines = (rest + decoder.write(chunk)).split(/\r\n|\n|\r/);
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '' && !line.includes(token)) onLine(line);
  };
}
