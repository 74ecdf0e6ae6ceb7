import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { RegistryError } from '../../registry-error.js';

/** What lies at a path; nothing where there is nothing. @throws RegistryError `input` where that can't be told */
export async function statIfThere(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new RegistryError('input', `cannot read ${path}: ${message}`, { cause: error });
  }
}
