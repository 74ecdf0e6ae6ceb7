import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { nearest } from '../../diagnostics/nearest.js';
import { readYaml } from '../../diagnostics/yaml/yaml-file.js';
import { yamlTypeName } from '../../vars/template/template-value.js';
import type { Path } from '../blueprint/blueprint.js';
import type { ReadContext } from './read-context.js';

/** A list of tasks or handlers in a file of its own. */
export interface TasksFile {
  readonly list: readonly unknown[];
  /** Context of its tasks: errors in them are reported at their place in the file. */
  readonly context: ReadContext;
}

/** Most readings of files of tasks, each file as often as it is named. */
export const mostTaskFiles = 5_000;

/**
 * Reads a file that a task names; nothing where that can't be done, which has been reported. It is looked for beside
 * the file that names it and beside the site, in their folders `tasks/` as well.
 */
export function readTasksFile(name: string, nameAt: Path, context: ReadContext): TasksFile | undefined {
  const { source, diagnostics, vault, chain } = context;
  const place = source.placeOf(nameAt, 'value');
  const site = dirname(resolve(chain[0] ?? source.file));
  const folders = [...new Set([dirname(resolve(source.file)), site])];
  const file = folders.flatMap((folder) => [resolve(folder, name), resolve(folder, 'tasks', name)]).find(existsSync);
  if (file === undefined) {
    const message = `there is no file ${name}, looked for in ${folders.join(', ')} and tasks/ there`;
    const others = folders
      .flatMap(tasksFilesIn(dirname(name)))
      .filter((each) => !chain.some((known) => basename(known) === each));
    const near = nearest(basename(name), others);
    const hint = near === undefined ? undefined : `did you mean "${join(dirname(name), near)}"?`;
    diagnostics.add({ code: 'unreadable-file', message, place, hint });
    return undefined;
  }
  const files = [...chain.map((each) => resolve(each)), file];
  if (files.indexOf(file) < files.length - 1) {
    const way = files.slice(files.indexOf(file)).map((each) => relative(site, each));
    const message = `the tasks of ${name} would contain themselves: ${way.join(' -> ')}`;
    diagnostics.add({ code: 'recursion', message, place, hint: 'repeat tasks with `loop`' });
    return undefined;
  }
  context.files.left -= 1;
  if (context.files.left < 0) {
    // Said once: what would be read behind it is as much again.
    if (context.files.left > -2) {
      const message = `the site reads files of tasks more than ${mostTaskFiles} times`;
      diagnostics.add({ code: 'recursion', message, place, hint: 'repeat tasks with `loop`' });
    }
    return undefined;
  }
  const before = diagnostics.all.length;
  const yaml = readYaml(file, diagnostics, vault);
  if (yaml === undefined) {
    // Said where the file is named, unless it says itself where it is wrong.
    for (const [index, diagnostic] of diagnostics.all.entries()) {
      if (index >= before && diagnostic.place === undefined) diagnostics.all[index] = { ...diagnostic, place };
    }
    return undefined;
  }
  if (yaml.value !== null && yaml.value !== undefined && !Array.isArray(yaml.value)) {
    const message = `expected a list of tasks, found ${yamlTypeName(yaml.value)}`;
    diagnostics.add({ code: 'wrong-type', message, place: yaml.placeOf([]) });
    return undefined;
  }
  return { list: yaml.value ?? [], context: { ...context, source: yaml, chain: [...chain, file] } };
}

function tasksFilesIn(below: string): (folder: string) => string[] {
  return (folder) =>
    [join(folder, below), join(folder, 'tasks', below)].flatMap((each) => {
      try {
        return readdirSync(each).filter((name) => /\.ya?ml$/.test(name));
      } catch {
        return [];
      }
    });
}
