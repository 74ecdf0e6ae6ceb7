import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  closeSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { nameOfThisProcess } from '../../files/process-names.js';

/**
 * Gives a file another content: all of it or none. Mode and owner stay, and so does a link to it. What is written beside
 * it meanwhile is for its owner's eyes only.
 */
export function replaceFile(file: string, content: string | Uint8Array): void {
  const target = realpathSync(file);
  const { mode, uid, gid } = statSync(target);
  const beside = `${nameOfThisProcess(join(dirname(target), `.${basename(target)}.`))}${randomBytes(6).toString('hex')}`;
  try {
    const handle = openSync(beside, 'wx', 0o600);
    try {
      writeFileSync(handle, content);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    const made = statSync(beside);
    if (made.uid !== uid || made.gid !== gid) chownSync(beside, uid, gid);
    chmodSync(beside, mode & 0o7777);
    renameSync(beside, target);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}
