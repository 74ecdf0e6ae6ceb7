import { existsSync } from 'node:fs';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** Makes another program the `sh` of this process and of all it starts, until the function that it gives is called. */
export async function useShell(program: string): Promise<() => Promise<void>> {
  const path = ['/bin', '/usr/bin'].map((folder) => join(folder, program)).find((each) => existsSync(each));
  if (path === undefined) throw new Error(`these tests need ${program}: apt-get install ${program}`);
  const folder = await mkdtemp(join(tmpdir(), 'provision-sh-'));
  await symlink(path, join(folder, 'sh'));
  const before = process.env.PATH;
  process.env.PATH = `${folder}${delimiter}${before}`;
  return async () => {
    process.env.PATH = before;
    await rm(folder, { recursive: true });
  };
}
