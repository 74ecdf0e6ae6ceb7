import { lstatSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { reasonOf } from '../../diagnostics/reason.js';
import { printLines, printMessage } from '../terminal/output.js';
import { starterFiles } from './starter.js';

/** Files that a folder may well have already, and that are fine as they are. */
const optional = ['tsconfig.json', '.gitignore'];

/** Writes the files of a new site and says what to do with them; gives the exit status. */
export function init(folder: string, typescript: boolean): number {
  const files = starterFiles(typescript);
  try {
    const there = [...files.keys()].filter((name) => isThere(join(folder, name)));
    const inTheWay = there.filter((name) => !optional.includes(name)).map((name) => join(folder, name));
    if (inTheWay.length > 0) return complain(`there already: ${inTheWay.join(', ')}`);
    const names = [...files.keys()].filter((name) => !there.includes(name));
    for (const name of names) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), files.get(name) ?? '', { flag: 'wx' });
    }
    printLines(report(folder, names, there, typescript ? 'site.ts' : 'site.yaml'));
    return 0;
  } catch (error) {
    return complain(reasonOf(error));
  }
}

function report(folder: string, written: readonly string[], left: readonly string[], site: string): string[] {
  const files = [
    ...written.map((name) => join(folder, name)),
    ...left.map((name) => `${join(folder, name)} (there already, left as it is)`),
  ];
  const steps: readonly (readonly [string, string])[] = [
    ...(normalize(folder) === '.' ? [] : [[`cd ${folder}`, ''] as const]),
    [`npx provision ${site} --syntax-check`, 'as it is; contacts nobody'],
    ['edit inventory.yaml', 'the addresses of your hosts'],
    ['npx provision doctor -i inventory.yaml', 'can they be reached, and worked with'],
    [`npx provision ${site} --check --diff`, 'what would change'],
    [`npx provision ${site}`, 'make them so'],
  ];
  const lines = steps.map(([what, why]) => `  ${what.padEnd(42)}${why}`.trimEnd());
  return [...files.map((file) => `  ${file}`), '', 'Next:', ...lines];
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function complain(why: string): number {
  printMessage(`error ${why}`);
  printMessage('  nothing was written: give another folder, or move it away');
  return 1;
}
