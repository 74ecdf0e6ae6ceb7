import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { readTextFile } from '../../diagnostics/read-text.js';
import { writeNewFile } from '../../files/replace-file.js';
import { makeFolder } from '../../registry/server/storage/files.js';

/** Key of a file, by which the service seals secrets in its database: AES-256-GCM. */
export class SealingKey {
  readonly #key: Buffer;
  readonly #id: string;

  constructor(key: Buffer) {
    this.#key = key;
    this.#id = createHash('sha256').update(key).digest('hex').slice(0, 8);
  }

  /** Seals a text for one place: sealed for another, it doesn't open. */
  seal(place: string, text: string): string {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce);
    cipher.setAAD(Buffer.from(place));
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return ['1', this.#id, ...[nonce, sealed, cipher.getAuthTag()].map((part) => part.toString('base64url'))].join('.');
  }

  /** Derives a secret for a purpose: the same from this key each time, and from no other. */
  derive(purpose: string): string {
    return createHmac('sha256', this.#key).update(`derived for ${purpose}`).digest('base64url');
  }

  /** Opens what was sealed for a place. @throws Error for another key, or what was changed */
  open(place: string, sealed: string): string {
    const [form, id, nonce = '', text = '', tag = ''] = sealed.split('.');
    if (form !== '1') throw new Error(`${place} is sealed in a form that this version does not know`);
    if (id !== this.#id) throw new Error(`${place} is sealed with another key (${id}). Use the key file that made it`);
    const decipher = createDecipheriv('aes-256-gcm', this.#key, Buffer.from(nonce, 'base64url'));
    decipher.setAAD(Buffer.from(place));
    decipher.setAuthTag(Buffer.from(tag, 'base64url'));
    return Buffer.concat([decipher.update(Buffer.from(text, 'base64url')), decipher.final()]).toString('utf8');
  }
}

/**
 * Reads the key of a file (base64, 32 bytes), and makes one where there is none, for its owner alone.
 * @throws Error where others may read it, or it holds something else
 */
export async function openKeyFile(file: string): Promise<SealingKey> {
  try {
    return await readKeyFile(file);
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw error;
  }
  await makeFolder(dirname(file), 0o700);
  try {
    await writeNewFile(file, `${randomBytes(32).toString('base64')}\n`, 0o600);
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error; // Another process has just made it.
  }
  return await readKeyFile(file);
}

async function readKeyFile(file: string): Promise<SealingKey> {
  const { mode } = await stat(file);
  if ((mode & 0o077) !== 0) {
    throw new Error(`${file}: may be read by others (mode 0${(mode & 0o777).toString(8)}). Run chmod 600 on it`);
  }
  const key = Buffer.from(readTextFile(file, { most: 4096, besides: 'none' }).trim(), 'base64');
  if (key.length !== 32) throw new Error(`${file}: must hold 32 bytes in base64, and holds ${key.length}`);
  return new SealingKey(key);
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
