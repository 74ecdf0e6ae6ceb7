import type { TomlTable } from 'smol-toml';
import type { EditedText } from '../content/edit-line.js';
import { lineOf, readToml, sameToml, tableIn } from '../files/toml-text.js';

/** Plugin that holds the registries, by the version of the configuration; a file without one is of version 1. */
const pluginOf: ReadonlyMap<unknown, string> = new Map([
  [1, 'cri'],
  [2, 'io.containerd.grpc.v1.cri'],
  [3, 'io.containerd.cri.v1.images'],
]);

/**
 * Returns containerd's configuration with `config_path` in it, the folder of its hosts.toml files; the rest stays
 * byte for byte. A text says why that can't be, beginning with the place.
 */
export function withConfigPath(text: string, path: string): EditedText | string {
  if (text.trim() === '') {
    // Version 2 is read by 1.3 and all that followed; 2.x takes it over as it reads.
    return { text: `${text}version = 2\n${newTable(2, path)}`, summary: 'created', overwrites: false };
  }
  const before = readToml(text);
  if (typeof before === 'string') return before;
  const version = before.version ?? 1;
  const plugin = pluginOf.get(version);
  if (plugin === undefined) return `: version ${JSON.stringify(version)} of the configuration is not known`;
  const registry = tableIn(tableIn(tableIn(before, 'plugins'), plugin), 'registry') ?? {};
  const clash = clashWith(registry, text);
  if (clash !== undefined) return clash;
  const found = registry.config_path;
  if (typeof found === 'string' && found.split(':').includes(path)) return { text, summary: '', overwrites: false };

  const wanted = documentWith(before, plugin, path);
  const attempts = [
    replacePath(text, plugin, path),
    insertIntoTable(text, plugin, path),
    appendTable(text, Number(version), path),
  ];
  const edited = attempts.find((attempt) => attempt !== undefined && sameToml(readToml(attempt), wanted));
  if (edited === undefined) return ': config_path cannot be added, as the file is written in an unusual way';
  // An empty one is what `containerd config default` prints.
  const overwrites = typeof found === 'string' && found !== '';
  return {
    text: edited,
    summary: `${overwrites ? `config_path ${found} ->` : 'added config_path'} ${path}${isCriDisabled(text) ? '; the CRI is off all the same, by disabled_plugins' : ''}`,
    overwrites,
  };
}

/** Tells whether the CRI is off, as in the stock file of Docker's containerd.io; `ctr` and docker go on without it. */
export function isCriDisabled(text: string): boolean {
  const read = readToml(text);
  const disabled = typeof read === 'string' ? undefined : read.disabled_plugins;
  return Array.isArray(disabled) && disabled.some((name) => name === 'cri' || name === 'io.containerd.grpc.v1.cri');
}

/** Describes settings that keep containerd's CRI from starting with `config_path`. */
function clashWith(registry: TomlTable, text: string): string | undefined {
  const withTls = Object.values(tableIn(registry, 'configs') ?? {}).some(
    (each) => typeof each === 'object' && 'tls' in each,
  );
  const mirrors = Object.keys(tableIn(registry, 'mirrors') ?? {}).length > 0;
  if (!mirrors && !withTls) return undefined;
  const word = mirrors ? 'mirrors' : 'configs';
  const line = lineOf(text, new RegExp(`^\\s*\\[.*registry\\.${word}\\b|^\\s*${word}\\b`));
  return `:${line}: registry.${word}${mirrors ? '' : '.*.tls'} cannot be used with config_path, as containerd's CRI would not start: write them as hosts.toml files (containerd_registries) and remove them`;
}

function documentWith(before: TomlTable, plugin: string, path: string): TomlTable {
  const plugins = tableIn(before, 'plugins') ?? {};
  const settings = tableIn(plugins, plugin) ?? {};
  const registry = { ...tableIn(settings, 'registry'), config_path: path };
  return { ...before, plugins: { ...plugins, [plugin]: { ...settings, registry } } };
}

function header(plugin: string): RegExp {
  const name = plugin.replaceAll('.', '\\.');
  return new RegExp(`^([ \\t]*)\\[\\s*plugins\\s*\\.\\s*["']?${name}["']?\\s*\\.\\s*registry\\s*\\][^\\n]*\\n?`, 'm');
}

function replacePath(text: string, plugin: string, path: string): string | undefined {
  const head = header(plugin).exec(text);
  if (head === null) return undefined;
  const start = head.index + head[0].length;
  const line = /^([ \t]*config_path[ \t]*=[ \t]*)(?:"[^"\n]*"|'[^'\n]*')/m.exec(text.slice(start));
  if (line === null) return undefined;
  const at = start + line.index;
  return `${text.slice(0, at)}${line[1]}${JSON.stringify(path)}${text.slice(at + line[0].length)}`;
}

function insertIntoTable(text: string, plugin: string, path: string): string | undefined {
  const head = header(plugin).exec(text);
  if (head === null) return undefined;
  const end = head.index + head[0].length;
  const feed = head[0].endsWith('\n') ? '' : '\n';
  return `${text.slice(0, end)}${feed}${head[1]}  config_path = ${JSON.stringify(path)}\n${text.slice(end)}`;
}

function appendTable(text: string, version: number, path: string): string {
  return `${text}${text.endsWith('\n') ? '' : '\n'}${newTable(version, path)}`;
}

function newTable(version: number, path: string): string {
  const plugin = pluginOf.get(version) ?? '';
  const name = plugin.includes('.') ? JSON.stringify(plugin) : plugin;
  return `\n[plugins.${name}.registry]\n  config_path = ${JSON.stringify(path)}\n`;
}
