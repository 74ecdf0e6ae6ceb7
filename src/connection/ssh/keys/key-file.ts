import ssh2, { type ParsedKey } from 'ssh2';
import { readTextFile } from '../../../diagnostics/read-text.js';
import { reasonOf } from '../../../diagnostics/reason.js';

/** Content of a file that should have a private key. */
export type KeyFile =
  | { readonly is: 'key'; readonly key: ParsedKey }
  | { readonly is: 'locked' }
  | { readonly is: 'missing' }
  | { readonly is: 'unusable'; readonly why: string };

/** Most bytes of a file with a key, which is some kilobytes. */
const largestKey = 1024 * 1024;

/** Keys that are open: an encrypted one takes a tenth of a second, so each is opened once and not once a host. */
const opened = new Map<string, ParsedKey>();

/** Reads a private key. `locked`: it is encrypted, and the passphrase is missing or wrong. */
export async function readKeyFile(file: string, passphrase?: string): Promise<KeyFile> {
  let text: string;
  try {
    text = readTextFile(file, { most: largestKey });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    return code === 'ENOENT'
      ? { is: 'missing' }
      : { is: 'unusable', why: `cannot be read (${code ?? reasonOf(error)})` };
  }
  const id = `${passphrase ?? ''}\0${text}`;
  const known = opened.get(id);
  if (known !== undefined) return { is: 'key', key: known };
  const key = parse(text, passphrase);
  if (!(key instanceof Error)) {
    opened.set(id, key);
    return { is: 'key', key };
  }
  if (/encrypted|bad passphrase|bad decrypt|integrity check/i.test(key.message)) return { is: 'locked' };
  const type = publicText(file).split(' ')[0] ?? '';
  return type.startsWith('sk-')
    ? { is: 'unusable', why: 'is kept in a security key, which is not supported' }
    : { is: 'unusable', why: `is no key (${key.message})` };
}

/** Returns the public half of a private key, even a locked one: from the file beside it, or from its own head. */
export async function publicHalf(file: string): Promise<Buffer | undefined> {
  const key = ssh2.utils.parseKey(publicText(file));
  if (!(key instanceof Error)) return key.getPublicSSH();
  return publicHead(textOf(file));
}

function parse(text: string, passphrase: string | undefined): ParsedKey | Error {
  try {
    return ssh2.utils.parseKey(text, passphrase);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Reads the file with the public half, if there is one: an open key has it as well. */
function publicText(file: string): string {
  return textOf(`${file}.pub`);
}

function textOf(file: string): string {
  try {
    return readTextFile(file, { most: largestKey });
  } catch {
    return '';
  }
}

/** Reads the head of a key (PROTOCOL.key of OpenSSH): magic, cipher, kdf, its options, number of keys, public key. */
function publicHead(text: string): Buffer | undefined {
  const [, base64] = /-----BEGIN OPENSSH PRIVATE KEY-----([^-]+)/.exec(text) ?? [];
  if (base64 === undefined) return undefined;
  const bytes = Buffer.from(base64, 'base64');
  let at = 'openssh-key-v1\0'.length;
  const next = (): Buffer => {
    const start = at + 4;
    at = start + bytes.readUInt32BE(at);
    return bytes.subarray(start, at);
  };
  try {
    for (const _skipped of ['cipher', 'kdf', 'options']) next();
    at += 4;
    return next();
  } catch {
    return undefined; // It ends too early.
  }
}
