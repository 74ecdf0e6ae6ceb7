import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder with those above it that are missing. Node's own way never ends where the system says that a folder is
 * missing which is there, as it does in /proc (Node 20.20).
 * @throws Error of the system
 */
export async function makeFolders(path: string, mode = 0o777): Promise<void> {
  try {
    await mkdir(path, { mode });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const parent = dirname(path);
    if (code === 'ENOENT' && parent !== path) {
      await makeFolders(parent, mode);
      await makeLast(path, mode);
    } else if (code !== 'EEXIST') throw error;
  }
}

async function makeLast(path: string, mode: number): Promise<void> {
  try {
    await mkdir(path, { mode });
  } catch (error) {
    // Another process may have made it.
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}
