/** Header of an entry in a tar (512 bytes), before long names and pax records are applied. */
export interface TarHeader {
  readonly name: string;
  /** `0` file, `1` hard link, `2` symbolic link, `5` folder, … (POSIX ustar; GNU and pax letters). */
  readonly type: string;
  /** In bytes. */
  readonly size: number;
  readonly link: string;
}

export const tarBlock = 512;

/**
 * Reads a header as POSIX ustar and GNU tar write it. Nothing for a block of zeros, which ends a tar.
 * @throws Error saying which field is wrong
 */
export function readTarHeader(block: Buffer): TarHeader | undefined {
  if (block.every((byte) => byte === 0)) return undefined;
  let sum = 8 * 0x20;
  for (const [index, byte] of block.entries()) if (index < 148 || index >= 156) sum += byte;
  if (readTarNumber(block, 148, 8) !== sum) throw new Error('there should be a tar header, and its checksum is wrong');
  const name = text(block, 0, 100);
  const prefix = block.toString('latin1', 257, 263) === 'ustar\0' ? text(block, 345, 155) : '';
  const type = String.fromCharCode(block[156] ?? 0);
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    type: type === '\0' || type === '7' ? '0' : type,
    size: sizeIn(block),
    link: text(block, 157, 100),
  };
}

/** @throws Error when a record isn't `length key=value` */
export function readPaxRecords(content: Buffer): Map<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(0x20, at);
    const digits = space === -1 ? '' : content.toString('latin1', at, space);
    const end = at + Number(digits);
    const equals = content.indexOf(0x3d, space);
    if (
      !/^[0-9]{1,7}$/.test(digits) ||
      end > content.length ||
      equals === -1 ||
      equals >= end ||
      content[end - 1] !== 10
    )
      throw new Error('a pax record that is not `length key=value`');
    records.set(content.toString('utf8', space + 1, equals), content.toString('utf8', equals + 1, end - 1));
    at = end;
  }
  return records;
}

/**
 * Writes a header of ustar, for a name of at most 100 bytes, or one that a slash divides into 155 and 100. Time, owner
 * and group are 0.
 */
export function tarHeader({ name, type, size, link }: TarHeader, mode = type === '5' ? 0o755 : 0o644): Buffer {
  const block = Buffer.alloc(tarBlock);
  const cut = Buffer.byteLength(name) <= 100 ? -1 : name.indexOf('/', Buffer.byteLength(name) - 101);
  const [prefix, rest] = cut === -1 ? ['', name] : [name.slice(0, cut), name.slice(cut + 1)];
  if (Buffer.byteLength(rest) > 100 || Buffer.byteLength(prefix) > 155 || Buffer.byteLength(link) > 100)
    throw new Error(`${name} is too long for a tar header`);
  block.write(rest, 0);
  block.write(`${octal(mode, 7)}\0${octal(0, 7)}\0${octal(0, 7)}\0`, 100);
  if (size < 8 ** 11) block.write(`${octal(size, 11)}\0`, 124);
  else {
    block[124] = 0x80;
    block.writeBigUInt64BE(BigInt(size), 128);
  }
  block.write(`${octal(0, 11)}\0        ${type}${link}`, 136);
  block.write('ustar\x0000', 257);
  block.write(prefix, 345);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 6)}\0 `, 148);
  return block;
}

/** Zeros from the end of an entry's content to the next block. */
export function tarPadding(size: number): Buffer {
  return Buffer.alloc((tarBlock - (size % tarBlock)) % tarBlock);
}

function text(block: Buffer, start: number, length: number): string {
  const field = block.subarray(start, start + length);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end === -1 ? length : end);
}

function sizeIn(block: Buffer): number {
  const size = readTarNumber(block, 124, 12);
  if (size === undefined) throw new Error('a tar header whose size is not a number');
  return size;
}

/** Reads octal digits, or GNU's big-endian number after a first bit; undefined where there are neither. */
export function readTarNumber(block: Buffer, start: number, length: number): number | undefined {
  const field = block.subarray(start, start + length);
  if (((field[0] ?? 0) & 0x80) !== 0) {
    let value = (field[0] ?? 0) & 0x7f;
    for (const byte of field.subarray(1)) value = value * 256 + byte;
    return Number.isSafeInteger(value) ? value : undefined;
  }
  const digits = field.toString('latin1').split('\0')[0]?.trim() ?? '';
  return /^[0-7]*$/.test(digits) ? Number.parseInt(digits || '0', 8) : undefined;
}

function octal(value: number, width: number): string {
  return value.toString(8).padStart(width, '0');
}
