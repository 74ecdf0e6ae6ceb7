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
