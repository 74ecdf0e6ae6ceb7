import { createHash } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';

/**
 * The beginning of a name that says which process made what has it, for what is laid somewhere until it is whole. What
 * processes of this machine left under such names when they were killed is taken away first.
 *
 * @param start path that all these names begin with: `/tmp/provision-images-`
 */
export function nameOfThisProcess(start: string): string {
  clearLeft(start);
  return `${start}${thisMachine()}-${process.pid}-`;
}

/** Takes away what processes of this machine that are gone have left under such names. */
export function clearLeft(start: string): void {
  const folder = dirname(start);
  const prefix = `${basename(start)}${thisMachine()}-`;
  for (const name of namesIn(folder)) {
    const pid = name.startsWith(prefix) ? /^(\d+)-/.exec(name.slice(prefix.length))?.[1] : undefined;
    if (pid === undefined || isAlive(Number(pid))) continue;
    try {
      rmSync(join(folder, name), { recursive: true, force: true });
    } catch {
      // Another user's, who clears it away too.
    }
  }
}

/** Another machine's processes, seen on a folder that both have, are none of ours to judge. */
function thisMachine(): string {
  return createHash('sha256').update(hostname()).digest('hex').slice(0, 6);
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // Whoever is about to write there says what is wrong with it.
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
