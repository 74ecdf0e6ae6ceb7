import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { RegistryError } from '../../registry-error.js';

/**
 * Returns the status of a path; undefined where there is nothing.
 * @throws RegistryError `input` where it can't be read
 */
export async function statIfThere(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new RegistryError('input', `cannot read ${path}: ${message}`, { cause: error });
  }
}
