import { type Origin, originOf, type WrittenText } from '../../model/records.js';
import type { Diff, HostContext, Reply } from '../../model/resource.js';
import { joinSh, type Sh, sh } from '../../sh.js';
import { contentOf } from '../content/file-content.js';
import { fileKey, fileRemoval, textValue } from '../content/recorded-file.js';
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

/** Returns the texts that a change of unit files writes, for the records of the host. */
export function unitTexts(differences: readonly UnitFileDifference[]): readonly WrittenText[] {
  return differences.map(({ path, text, before }) => ({
    key: fileKey(path),
    value: textValue(text),
    before: before === undefined ? undefined : textValue(before),
    removal: before === undefined ? fileRemoval(path) : undefined,
  }));
}

/** Returns the origin of unit files that differ: edited where one of them was, unchanged where all of them are. */
export function unitOrigin(differences: readonly UnitFileDifference[], { records }: HostContext): Origin {
  const origins = differences.flatMap(({ path, before }) =>
    before === undefined ? [] : [originOf(records, { key: fileKey(path), value: textValue(before) })],
  );
  if (origins.includes('edited')) return 'edited';
  return origins.length > 0 && origins.every((origin) => origin === 'unchanged') ? 'unchanged' : undefined;
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
