import type { Diff, Reply } from '../../model/resource.js';
import { joinSh, type Sh, sh } from '../../sh.js';
import { contentOf } from '../content/file-content.js';
import { replaceHostFile } from '../content/replace-file.js';
import { printedFields, printField } from '../path/printed-fields.js';

/** Unit file as it should be. */
export interface UnitFile {
  readonly path: string;
  readonly text: string;
}

/** Unit file that is missing or not as it should be. */
export interface UnitFileDifference extends UnitFile {
  /** Text on the host; undefined where the file is missing. */
  readonly before: string | undefined;
}

/** Folder of the administrator's units. */
export const unitFolder = '/etc/systemd/system';

/** Returns the script that prints unit files, whole. */
export function probeUnitFiles(paths: readonly string[]): Sh {
  const reads = paths.map((path, index) => sh`[ ! -e ${path} ] || field ${`unit${index}`} <${path}`);
  return joinSh([printField, ...reads, sh`end`]);
}

/**
 * Reads what {@link probeUnitFiles} printed, in its order.
 *
 * @throws Error when the probe did not get to its end
 */
export function parseUnitFiles(reply: Reply, paths: readonly string[]): readonly (string | undefined)[] {
  const field = printedFields(reply, paths[0] ?? 'units');
  return paths.map((_, index) => field(`unit${index}`)[0]);
}

export function unitDifferences(
  found: readonly (string | undefined)[],
  wanted: readonly UnitFile[],
): readonly UnitFileDifference[] {
  return wanted.flatMap((file, index) => (found[index] === file.text ? [] : [{ ...file, before: found[index] }]));
}

/** Formats differences for reports: several files one below the other. */
export function unitDiff(differences: readonly UnitFileDifference[]): { readonly diff?: Diff } {
  const [first] = differences;
  if (first === undefined) return {};
  const headed = (path: string, text: string) =>
    differences.length === 1 || text === '' ? text : `# ${path}\n${text}`;
  const all = (text: (file: UnitFileDifference) => string) =>
    differences.map((file) => headed(file.path, text(file))).join('');
  return { diff: { label: first.path, before: all(({ before = '' }) => before), after: all(({ text }) => text) } };
}

/**
 * Writes a unit file and keeps the old one beside it; a failure ends the script. systemd has to be reloaded
 * afterwards.
 */
export function writeUnitFile({ path, text }: UnitFile): Sh {
  const write = replaceHostFile({
    path,
    makeFolders: true,
    sha256: contentOf(text).sha256,
    attributes: sh`chmod 0644 "$temp" || exit`,
    backup: true,
  });
  return sh`printf %s ${text} | ${write} || exit`;
}
