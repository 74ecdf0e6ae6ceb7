import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Runs skopeo, without policy or network. Its output; what it says when it fails is in the error. */
export function skopeo(...args: readonly string[]): string {
  return execFileSync('skopeo', ['--insecure-policy', ...args], { stdio: 'pipe' }).toString();
}

/** Runs podman on a store of its own in a folder. */
export function podman(store: string, ...args: readonly string[]): string {
  const own = ['--root', join(store, 'root'), '--runroot', join(store, 'run'), '--storage-driver', 'vfs'];
  return execFileSync('podman', [...own, ...args], { stdio: 'pipe' }).toString();
}

/** Whether a program is there; where everything is required, that it isn't is an error. */
export function installed(program: 'skopeo' | 'podman'): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch (error) {
    if (process.env.PROVISION_REQUIRE_LAB === '1') throw new Error(`${program} is not installed`, { cause: error });
    return false;
  }
}
