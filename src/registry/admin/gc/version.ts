/**
 * Whether `garbage-collect --delete-untagged` of a distribution keeps the images that an index leads to: from 3.0.0 on.
 * What can't be read doesn't. @param text what `--version` printed
 */
export function keepsChildren(text: string): boolean {
  const [, major, minor, patch, prerelease] =
    /\bv?(\d+)\.(\d+)\.(\d+)(-[\w.]+)?/.exec(text.replace(/distribution\/v\d+/, '')) ?? [];
  if (major === undefined) return false;
  const firsts = minor === '0' && patch === '0' && prerelease !== undefined; // 3.0.0-alpha, -beta, -rc
  return Number(major) > 3 || (major === '3' && !firsts);
}
