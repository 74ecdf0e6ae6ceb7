import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { packageRoot } from '../../files/package-root.js';

const manifest = z.object({
  name: z.string().optional(),
  version: z.string().optional(),
  dependencies: z.record(z.string(), z.string()).default({}),
  devDependencies: z.record(z.string(), z.string()).default({}),
});

/** Name of this package, which is not that of its command: npm has another project under that name. */
const ownName = 'registry-provision';

/** Returns the text of a package.json that depends on this version, and on zod, which roles in TypeScript import. */
export function packageJson(): string {
  const text = {
    private: true,
    type: 'module',
    dependencies: Object.fromEntries(neededPackages()),
    // Scripts of ssh2, which compile its ciphers where there is a compiler. Without a word on them npm 11 warns.
    allowScripts: { 'cpu-features': true, ssh2: true },
  };
  return `${JSON.stringify(text, null, 2)}\n`;
}

/** Returns the command that installs what a new site needs, and why, beside the package.json of its folder. */
export function installStep(folder: string): readonly [command: string, reason: string] {
  const path = join(folder, 'package.json');
  const found = existsSync(path) ? manifest.safeParse(JSON.parse(readFileSync(path, 'utf8'))).data : undefined;
  const names = { ...found?.dependencies, ...found?.devDependencies };
  const isWhole = found === undefined || found.name === ownName;
  const missing = isWhole ? [] : neededPackages().filter(([name]) => !(name in names));
  // Without the caret: some shells read it. npm writes it all the same.
  const specifiers = missing.map(([name, range]) => `${name}@${range.replace('^', '')}`);
  const hasTool = missing.every(([name]) => name !== ownName);
  return [
    ['npm install', ...specifiers].join(' '),
    hasTool && missing.length > 0 ? 'installs what roles in TypeScript import' : 'installs this tool here',
  ];
}

function neededPackages(): readonly (readonly [name: string, range: string])[] {
  const own = manifest.parse(JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')));
  return [
    [ownName, own.version ?? 'latest'],
    ['zod', own.dependencies.zod ?? 'latest'],
  ];
}
