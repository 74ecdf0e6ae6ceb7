import { lstatSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { reasonOf } from '../../diagnostics/reason.js';
import { printLines, printMessage } from '../terminal/output.js';
import { installStep, packageJson } from './package-json.js';
import { starterFiles } from './starter.js';

/** Files that a folder may well have already, and that are fine as they are. */
const optional = ['package.json', 'tsconfig.json', '.gitignore'];

/** Writes the files of a new site and prints the next steps; returns the exit status. */
export function init(folder: string, typescript: boolean): number {
  const files = new Map([['package.json', packageJson()], ...starterFiles(typescript)]);
  try {
    const there = [...files.keys()].filter((name) => isThere(join(folder, name)));
    const inTheWay = there.filter((name) => !optional.includes(name)).map((name) => join(folder, name));
    if (inTheWay.length > 0)
      return complain(`${inTheWay.join(', ')} ${inTheWay.length > 1 ? 'exist' : 'exists'} already`);
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
    ...left.map((name) => `${join(folder, name)} (exists already, left as it is)`),
  ];
  const steps: readonly (readonly [string, string])[] = [
    ...(normalize(folder) === '.' ? [] : [[`cd ${folder}`, ''] as const]),
    installStep(folder),
    [`npx --no provision ${site} --syntax-check`, 'checks the site; contacts no host'],
    ['edit inventory.yaml', 'the addresses of your hosts'],
    ['npx --no provision doctor -i inventory.yaml', 'checks that the hosts can be reached and worked with'],
    [`npx --no provision ${site} --check --diff`, 'prints what would change'],
    [`npx --no provision ${site}`, 'changes it'],
  ];
  const lines = steps.map(([what, why]) => `  ${what.padEnd(46)}${why}`.trimEnd());
  return [...files.map((file) => `  ${file}`), '', 'Next:', ...lines, '', ...note];
}

const note = [
  'The npm package of this tool is registry-provision; "provision" is another project. `--no` makes',
  'npx run what is installed here and fetch nothing.',
];

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function complain(why: string): number {
  printMessage(`error ${why}`);
  printMessage('  nothing was written: give another folder, or move it away');
  return 1;
}
