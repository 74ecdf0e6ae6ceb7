import { X509Certificate } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readTextFile } from '../diagnostics/read-text.js';
import { reasonOf } from '../diagnostics/reason.js';
import { nameOfThisProcess } from '../files/process-names.js';
import { flushFolder, writeNewFile } from '../files/replace-file.js';
import type { KeyKind } from './keys.js';

/** A certificate authority as everybody may see it. */
export interface Authority {
  /** PEM. */
  readonly pem: string;
  readonly certificate: X509Certificate;
  /** Its folder on the controller. */
  readonly folder: string;
}

/**
 * Reads the authority in a folder of the controller; undefined where there is none.
 * @throws Error where it can't be read
 */
export async function readAuthority(folder: string): Promise<Authority | undefined> {
  const path = join(folder, 'ca.crt');
  let pem: string;
  try {
    await refuseForeign(path, folder);
    pem = readTextFile(path, oneFile);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw new Error(`cannot read ${path}: ${reasonOf(error)}`);
  }
  try {
    return { pem: pem.endsWith('\n') ? pem : `${pem}\n`, certificate: new X509Certificate(pem), folder };
  } catch {
    throw new Error(`${path} is no certificate`);
  }
}

/** A certificate or key: no pipe, and no more than such a file has. */
const oneFile = { most: 1024 * 1024, besides: 'none' } as const;

/**
 * Refuses what somebody else laid there: with an authority whose key they have, they would be every registry. Trusted are
 * this user, root, and whose folder it lies in, as they wrote the site too. @throws Error
 */
async function refuseForeign(path: string, folder: string): Promise<void> {
  const { uid } = await stat(path);
  const site = await stat(dirname(dirname(folder)));
  const mine = process.getuid?.() ?? uid;
  if (![mine, 0, site.uid].includes(uid))
    throw new Error(
      `it belongs to another user (uid ${uid}): make sure whose it is, then chown it, or remove ${folder}`,
    );
}

/** Reads the private key of the authority in a folder. @throws Error where it can't be read, or where others can */
export async function readAuthorityKey(folder: string): Promise<string> {
  const path = join(folder, 'ca.key');
  try {
    const { mode } = await stat(path);
    if ((mode & 0o077) !== 0) throw new Error(`may be read by others (mode 0${(mode & 0o777).toString(8)}): chmod 600`);
    await refuseForeign(path, folder);
    return readTextFile(path, oneFile);
  } catch (error) {
    throw new Error(`the key of the certificate authority, ${path}: ${reasonOf(error)}`);
  }
}

/**
 * Returns the authority in a folder, and makes one where there is none: `ca.crt` and `ca.key` (0600), in a folder for
 * its owner alone. Both files are there or neither, and of two runs at once one makes them. The folder is made beside
 * and renamed, which fails where the name is taken. An authority is never overwritten.
 */
export async function ensureAuthority(folder: string, kind: KeyKind): Promise<Authority> {
  const there = await readAuthority(folder);
  if (there !== undefined) return there;
  const { makeAuthority } = await import('./make-authority.js');
  const { certificate, key } = await makeAuthority(kind);
  await mkdir(dirname(folder), { recursive: true });
  const beside = await mkdtemp(nameOfThisProcess(`${folder}.`));
  try {
    await chmod(beside, 0o700);
    await writeNewFile(join(beside, 'ca.key'), key, 0o600);
    await writeNewFile(join(beside, 'ca.crt'), certificate, 0o644);
    await chmod(join(beside, 'ca.crt'), 0o644); // Whatever the umask.
    await rename(beside, folder);
    await flushFolder(dirname(folder));
  } catch (error) {
    await rm(beside, { recursive: true, force: true });
    if (!isCode(error, 'ENOTEMPTY', 'EEXIST')) throw error;
  }
  const made = await readAuthority(folder);
  if (made === undefined) throw new Error(`${folder} is in the way: it holds other files, but no ca.crt`);
  return made;
}

function isCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.some((code) => code === error.code);
}
