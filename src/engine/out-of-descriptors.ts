import { readFileSync } from 'node:fs';

const exhausted = new Set(['EMFILE', 'ENFILE']);

/** Returns true for an error of this machine, not of a host: no more files or sockets may be opened here. */
export function isOutOfDescriptors(error: unknown): boolean {
  for (let each = error; typeof each === 'object' && each !== null; each = 'cause' in each ? each.cause : undefined) {
    if ('code' in each && exhausted.has(String(each.code))) return true;
    // A SystemError of Node has the code of the call below it.
    if (!('info' in each) || typeof each.info !== 'object' || each.info === null) continue;
    if ('code' in each.info && exhausted.has(String(each.info.code))) return true;
  }
  return false;
}

/** Returns the number of file descriptors that this process may have (proc_pid_limits(5)); undefined where it is not known. */
export function mostDescriptors(): number | undefined {
  let limits: string;
  try {
    limits = readFileSync('/proc/self/limits', 'utf8');
  } catch {
    return undefined; // Not Linux, or none are left: connecting then shows it.
  }
  const most = Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1]);
  return Number.isNaN(most) ? undefined : most;
}
