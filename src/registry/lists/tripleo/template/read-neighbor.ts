import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readTextFile } from '../../../../diagnostics/read-text.js';
import { reasonOf } from '../../../../diagnostics/reason.js';
import { type TemplateText, visibleWord } from './template-text.js';

/** Reads the file that a template includes: one that lies in its own folder, and nothing that leads out of it. */
export function readNeighbor(
  { file, folder }: TemplateText,
  name: string,
  mostBytes: number,
): TemplateText | { readonly error: string; readonly hint?: string } {
  const quoted = `"${visibleWord(name)}"`;
  const hint = `name a file that lies beside ${file}`;
  if (!/^[A-Za-z0-9_][A-Za-z0-9._-]{0,254}$/.test(name)) return { error: `${quoted} is no name of a file`, hint };
  if (folder === undefined) return { error: `${quoted} is not included: the template is no file of this machine` };
  try {
    const home = realpathSync(folder);
    const path = realpathSync(join(home, name));
    if (dirname(path) !== home) return { error: `${quoted} is a link that leads out of its folder`, hint };
    return { file: join(dirname(file), name), folder, text: readTextFile(path, { most: mostBytes, besides: 'none' }) };
  } catch (error) {
    return { error: `${quoted} cannot be included: ${reasonOf(error)}`, hint };
  }
}
