import { extname } from 'node:path';
import { Diagnostics } from '../../diagnostics/diagnostic.js';
import { readTextFile } from '../../diagnostics/read-text.js';
import { reasonOf } from '../../diagnostics/reason.js';
import { isSealed } from '../../diagnostics/secrets/sealed-text.js';
import { parseYamlInPieces, type YamlSource } from '../../diagnostics/yaml/yaml-file.js';
import type { YamlVault } from '../../diagnostics/yaml/yaml-vault.js';
import type { Pieces } from '../../text/breathe.js';
import { addHosts } from './add-hosts.js';
import { type Draft, groupIn } from './draft.js';
import { readIniInventory } from './read-ini.js';
import { readYamlInventory } from './read-yaml.js';

/**
 * Adds the groups, hosts and variables of an inventory file: YAML or INI, told apart as Ansible does. YAML is what ends
 * in .yaml, .yml, .json or has no extension, and is a map; all else is INI.
 */
export function* readInventoryFile(
  file: string,
  draft: Draft,
  diagnostics: Diagnostics,
  vault?: YamlVault,
): Pieces<void> {
  const text = textOf(file, diagnostics);
  if (text === undefined) return;
  const found = new Diagnostics();
  const source = mayBeYaml(file) ? yield* parseYamlInPieces(file, text, found, vault, 'ansible') : undefined;
  const other = otherKind(file, text, source, found);
  if (other !== undefined) diagnostics.add({ code: 'unsupported', ...other, place: { file, line: 1, column: 1 } });
  else if (!mayBeYaml(file) || (!isMap(source?.value) && looksLikeIni(file, text)))
    readIni(file, text, draft, diagnostics);
  else {
    for (const diagnostic of found.all) diagnostics.add(diagnostic);
    if (source !== undefined) yield* readYamlInventory(source, draft, diagnostics);
  }
}

/**
 * Reads a file as INI. Of one that is no inventory at all (a key, a list of something), only its first line is
 * reported.
 */
function readIni(file: string, text: string, draft: Draft, diagnostics: Diagnostics): void {
  const found = new Diagnostics();
  readIniInventory(file, text, draft, found);
  const lines = text.split('\n').filter((line) => /^\s*[^\s#;]/.test(line));
  const foreign = lines.length > 2 && found.all.length >= lines.length;
  for (const diagnostic of foreign ? found.all.slice(0, 1) : found.all) diagnostics.add(diagnostic);
}

/** Adds hosts given on the command line: `host1,host2,`. */
export function readHostList(list: string, draft: Draft, diagnostics: Diagnostics): void {
  for (const entry of list.split(',').map((each) => each.trim())) {
    if (entry === '') continue;
    addHosts({ entry, place: undefined, variables: new Map() }, groupIn(draft, 'all').hosts, draft, diagnostics);
  }
}

function mayBeYaml(file: string): boolean {
  return ['', '.yaml', '.yml', '.json'].includes(extname(file));
}

const asYaml = 'write it as YAML or INI; the library takes an inventory as a value';
const insteadOfSealedIni = 'encrypt what is secret: files in group_vars/ and host_vars/, or values in YAML';

/** Returns the error of a file that Ansible reads too, and that isn't read here. */
function otherKind(file: string, text: string, source: YamlSource | undefined, found: Diagnostics) {
  const hint = `ansible-inventory -i ${file} --list --yaml --export writes it as plain YAML`;
  if (isMap(source?.value) && 'plugin' in source.value && typeof source.value.plugin === 'string')
    return { message: 'inventory plugins are not supported', hint };
  const opened = !found.all.some(({ code }) => code === 'vault');
  if (isSealed(text) && opened && !isMap(source?.value))
    return { message: 'an inventory in INI is not read encrypted', hint: insteadOfSealedIni };
  if (/^\.[cm]?[jt]s$/.test(extname(file)))
    return { message: 'inventories that are programs are not run', hint: asYaml };
  if (text.startsWith('#!')) return { message: 'inventories that are programs are not run', hint };
  return extname(file) === '.toml' ? { message: 'inventories in TOML are not supported', hint } : undefined;
}

/** Tells if what is no map in YAML was meant as INI: by its first line, and a name that says nothing else. */
function looksLikeIni(file: string, text: string): boolean {
  const first = text.split('\n').find((line) => /^\s*[^\s#;]/.test(line));
  if (first === undefined) return false;
  if (/^\s*\[[^\],'"]+\]\s*([#;].*)?$/.test(first)) return true;
  return extname(file) === '' && !/^(---(\s|$)|[\w.-]+:(\s|$)|- |\{|\$ANSIBLE_VAULT)/.test(first);
}

function isMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(file: string, diagnostics: Diagnostics): string | undefined {
  try {
    return readTextFile(file);
  } catch (error) {
    diagnostics.add({ code: 'unreadable-file', message: `cannot read ${file}: ${reasonOf(error)}` });
    return undefined;
  }
}
