import { tarBlock, tarHeader, tarPadding } from '../../../src/registry/archive/trees/tar/tar-header.js';

/** An entry of a tar that a test makes; of type `0` (a file) with no content unless it says otherwise. */
export interface MadeEntry {
  readonly name: string;
  readonly content?: string | Buffer;
  readonly type?: string;
  readonly link?: string;
  /** What the header says, where that is to be a lie. */
  readonly size?: number;
}

/** A tar of entries, honest or not. */
export function makeTar(entries: readonly MadeEntry[]): Buffer {
  const blocks = entries.flatMap(({ name, content = '', type = '0', link = '', size }) => {
    const bytes = Buffer.from(content);
    return [tarHeader({ name, type, link, size: size ?? bytes.length }), bytes, tarPadding(bytes.length)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(2 * tarBlock)]);
}

/** A pax record, with its length before it. */
export function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  let length = rest.length;
  while (`${length}${rest}`.length !== length) length = `${length}${rest}`.length;
  return `${length}${rest}`;
}

/** Files by path, as entries. */
export function entriesOf(files: ReadonlyMap<string, string | Buffer>): MadeEntry[] {
  return [...files].map(([name, content]) => ({ name, content }));
}
