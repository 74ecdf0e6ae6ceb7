import { userInfo } from 'node:os';
import { isAbsolute } from 'node:path';

/**
 * Returns the home folder of the user who runs this. An empty or relative HOME is ignored: `~/.docker` would depend on
 * the current folder.
 */
export function homeFolder(env: NodeJS.ProcessEnv = process.env): string {
  const home = folderIn(env, 'HOME');
  if (home !== undefined) return home;
  try {
    return userInfo().homedir;
  } catch {
    return '/'; // A user that the machine has no account of, as in some containers.
  }
}

/** Returns the folder that a variable names; undefined where that is no absolute path, as the XDG specification says. */
export function folderIn(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const folder = env[name];
  return folder !== undefined && isAbsolute(folder) ? folder : undefined;
}
