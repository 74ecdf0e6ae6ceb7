import type { Sealed } from './cipher.js';

/** A vault as text: its header and the sealed text. */
export interface Envelope {
  /** The vault id it was encrypted with; undefined in format 1.1, which names none. */
  readonly label: string | undefined;
  readonly sealed: Sealed;
}

/** Reason that a text which claims to be a vault is none; line and column count from 0 within it. */
export interface Malformed {
  readonly problem: string;
  readonly line: number;
  readonly column: number;
  readonly hint?: string;
}

const magic = '$ANSIBLE_VAULT';

/** Reads what `ansible-vault` writes: a header, then hex in lines of 80, of the three parts in hex. */
export function readEnvelope(text: string): Envelope | Malformed {
  const [header = '', ...lines] = text.trimEnd().split(/\r?\n/);
  const fields = header.split(';').map((field) => field.trim());
  const [name, version = '', cipher = '', label] = fields;
  if (name !== magic) return malformation(`a vault begins with ${magic};1.1;AES256`, 0);
  if (version !== '1.1' && version !== '1.2') {
    return malformation(
      `format ${version || 'unknown'} of vaults is not read here, only 1.1 and 1.2`,
      0,
      magic.length + 1,
      'encrypt it anew: provision vault encrypt',
    );
  }
  if (cipher !== 'AES256') {
    return malformation(`the cipher of vaults is AES256, found ${cipher || 'nothing'}`, 0, magic.length + 5);
  }
  if (version === '1.2' && (label === undefined || label === '')) {
    return malformation('a vault of format 1.2 names its id: ;1.2;AES256;ID', 0);
  }
  const sealed = readBody(lines);
  return 'problem' in sealed ? sealed : { label: version === '1.2' ? label : undefined, sealed };
}

/** Writes a vault, with a line feed at its end: format 1.2 where it has a label, else 1.1, as Ansible does. */
export function writeEnvelope({ label, sealed }: Envelope): string {
  const header = label === undefined ? `${magic};1.1;AES256` : `${magic};1.2;AES256;${label}`;
  const parts = [sealed.salt, sealed.hmac, sealed.ciphertext].map((part) => part.toString('hex'));
  const body = Buffer.from(parts.join('\n')).toString('hex');
  return [header, ...(body.match(/.{1,80}/g) ?? []), ''].join('\n');
}

function readBody(lines: readonly string[]): Sealed | Malformed {
  for (const [index, line] of lines.entries()) {
    const stray = /[^0-9a-fA-F]/.exec(line.trim());
    if (stray === null) continue;
    const column = line.search(/\S/) + stray.index;
    return malformation(`a vault's text is hex, found ${JSON.stringify(stray[0])}`, index + 1, column);
  }
  const hex = lines.map((line) => line.trim()).join('');
  const last = Math.max(0, lines.length);
  if (hex === '') return malformation('the vault is empty: its text is missing below the header', last);
  if (hex.length % 2 === 1) return malformation('the vault is cut off: half a byte at its end', last);
  const parts = Buffer.from(hex, 'hex').toString('latin1').split('\n');
  const [salt, hmac, ciphertext, ...more] = parts.map(fromHex);
  const whole = salt !== undefined && hmac !== undefined && ciphertext !== undefined && more.length === 0;
  if (!whole || hmac.length !== 32 || ciphertext.length === 0) {
    return malformation('the vault is damaged: it has not the three parts salt, proof and text', last);
  }
  return { salt, hmac, ciphertext };
}

function fromHex(text: string): Buffer | undefined {
  return /^(?:[0-9a-fA-F]{2})*$/.test(text) ? Buffer.from(text, 'hex') : undefined;
}

function malformation(problem: string, line: number, column = 0, hint?: string): Malformed {
  return { problem, line, column, ...(hint === undefined ? {} : { hint }) };
}
