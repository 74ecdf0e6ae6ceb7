import { createHash } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';

/**
 * Returns the beginning of a name for a temporary file or folder, with the machine and process that make it in it. What
 * ended processes of this machine left under such names is deleted first.
 *
 * @param start path that all these names begin with: `/tmp/provision-images-`
 */
export function nameOfThisProcess(start: string): string {
  deleteLeftovers(start);
  return `${start}${thisMachine()}-${process.pid}-`;
}

/** Deletes what ended processes of this machine have left under such names. */
export function deleteLeftovers(start: string): void {
  const folder = dirname(start);
  const prefix = `${basename(start)}${thisMachine()}-`;
  for (const name of namesIn(folder)) {
    const pid = name.startsWith(prefix) ? /^(\d+)-/.exec(name.slice(prefix.length))?.[1] : undefined;
    if (pid === undefined || isAlive(Number(pid))) continue;
    try {
      rmSync(join(folder, name), { recursive: true, force: true });
    } catch {
      // It belongs to another user, who deletes it too.
    }
  }
}

/** Returns true while a process of this machine runs, whichever user's it is. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Names this machine: a folder may be shared with others, and this one cannot see which of their processes run. */
function thisMachine(): string {
  return createHash('sha256').update(hostname()).digest('hex').slice(0, 6);
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // Writing there next gives the error.
  }
}
