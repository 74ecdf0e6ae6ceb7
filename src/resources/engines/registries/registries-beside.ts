import { posix } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { HostContext, Plan, Reply } from '../../../model/resource.js';
import { type Sh, sh } from '../../../sh.js';
import { lineOf, readToml, tableIn } from '../../files/toml-text.js';
import { printedFields } from '../../path/printed-fields.js';
import { tableError } from './registries-rules.js';
import { documentIn, prefixOf, type RegistryTable } from './registries-text.js';

/** Other files that podman reads: the main one, and those of the same folder, by their paths. */
export type FilesBeside = ReadonlyMap<string, string>;

/** Prints the files beside one, with their paths. */
export function printFilesBeside(path: string, main: string, host: HostContext): Sh {
  return sh`for beside in ${host.at(main)} ${host.at(posix.dirname(path))}/*.conf; do
  [ ! -r "$beside" ] || [ ! -f "$beside" ] || {
    printf 'beside '; printf %s "$beside" | base64 | tr -d '\n'; echo
    printf 'text '; base64 <"$beside" | tr -d '\n'; echo
  }
done
echo 'end yes'`;
}

/** Reads what {@link printFilesBeside} printed. */
export function parseFilesBeside(reply: Reply, path: string, host: HostContext): FilesBeside {
  const fields = printedFields(reply, path);
  const texts = fields('text');
  const beside = new Map(fields('beside').map((each, index) => [each, texts[index] ?? '']));
  beside.delete(host.at(path));
  return beside;
}

/** Refuses files beside ours that would keep every program from reading it. */
export function refuseFilesBeside(
  beside: FilesBeside,
  main: string,
): Extract<Plan, { verdict: 'refused' }> | undefined {
  for (const [path, text] of beside) {
    const read = readToml(text);
    if (typeof read === 'string') return { verdict: 'refused', message: `${path}${read}` };
    const document = documentIn(text);
    const tables = typeof document === 'string' ? [] : document.registry;
    for (const each of tables) {
      const error = tableError(each);
      if (error === undefined) continue;
      const line = lineOf(text, new RegExp(escapeRegExp(prefixOf(each) || '[[registry]]')));
      return {
        verdict: 'refused',
        message: `${path}:${line}: ${prefixOf(each) || '[[registry]]'}: ${error}`,
        hint: 'podman refuses all its configuration of registries because of it: correct it there',
      };
    }
    const old = tableIn(read, 'registries');
    const table = ['search', 'insecure', 'block'].find((name) => old?.[name] !== undefined);
    if (table === undefined) continue;
    const line = lineOf(text, new RegExp(`^\\s*\\[\\s*registries\\s*\\.\\s*${table}\\s*\\]`));
    const which = path === main ? '' : ', which no file of this folder may be';
    return {
      verdict: 'refused',
      message: `${path}:${line}: [registries.${table}] is of version 1 of the format${which}: it cannot be mixed with files in registries.conf.d, which are of version 2`,
      hint: `write it in version 2: unqualified-search-registries = […], [[registry]] with location, insecure, blocked`,
    };
  }
  return undefined;
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** Reports a file that is read after ours and has other settings for one of its registries: the last file wins. */
export function overruledBeside(
  beside: FilesBeside,
  registries: readonly RegistryTable[],
  path: string,
): Extract<Plan, { verdict: 'kept' }> | undefined {
  for (const [other, text] of beside) {
    if (posix.dirname(other) !== posix.dirname(path) || other < path) continue;
    const read = documentIn(text);
    const tables = typeof read === 'string' ? [] : read.registry;
    const table = tables.find((each) =>
      registries.some((ours) => prefixOf(ours) === prefixOf(each) && !isDeepStrictEqual(ours, each)),
    );
    if (table === undefined) continue;
    const hint = `remove the registry from it: it is read after ${posix.basename(path)} and wins`;
    return { verdict: 'kept', summary: `${other} has other settings for ${prefixOf(table)}`, hint };
  }
  return undefined;
}
