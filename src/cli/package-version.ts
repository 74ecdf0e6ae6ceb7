import { readFileSync } from 'node:fs';

/** Version of this package, from the package.json above the sources or above what they were compiled to. */
export function packageVersion(): string {
  for (const path of ['../../package.json', '../../../package.json']) {
    try {
      const { version } = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as { version: string };
      return version;
    } catch {}
  }
  return 'unknown';
}
