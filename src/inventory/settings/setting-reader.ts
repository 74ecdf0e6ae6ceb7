import { dirname, resolve } from 'node:path';
import type { Diagnostics, Place } from '../../diagnostics/diagnostic.js';
import { nearest } from '../../diagnostics/nearest.js';
import { isSecretName } from '../../diagnostics/secrets/secret-names.js';
import { currentSecrets } from '../../diagnostics/secrets/session-secrets.js';
import { describe } from '../../diagnostics/shapes/value-words.js';
import { homeFolder } from '../../model/home-folder.js';
import type { Layer, VariableTable } from '../../vars/variables.js';
import { refused, type SettingName, spellings } from './setting-names.js';

interface Found {
  readonly name: string;
  readonly value: unknown;
  readonly layer: Layer | undefined;
  readonly place: Place | undefined;
}

/** Reads settings of a host from its variables, in either spelling; what has the wrong type is collected. */
export class SettingReader {
  readonly #rendered: Readonly<Record<string, unknown>>;
  readonly #source: VariableTable;
  readonly #diagnostics: Diagnostics;

  constructor(rendered: Readonly<Record<string, unknown>>, source: VariableTable, diagnostics: Diagnostics) {
    this.#rendered = rendered;
    this.#source = source;
    this.#diagnostics = diagnostics;
  }

  refuse(): void {
    for (const [name, { hint, harmless = [] }] of Object.entries(refused)) {
      const value = this.#rendered[name];
      if (value === undefined || value === null || value === '' || harmless.includes(value)) continue;
      const { place } = this.#source.get(name) ?? {};
      this.#diagnostics.add({ code: 'unsupported', message: `${name} is not supported`, place, hint });
    }
  }

  /**
   * Reads text that ssh, sudo or a shell will see.
   *
   * @param problemOf why they are not to see it, as the words behind it in a sentence
   */
  text(setting: SettingName, problemOf: (text: string) => string | undefined): string | undefined {
    const found = this.#find(setting);
    if (found === undefined) return undefined;
    const text = typeof found.value === 'number' ? String(found.value) : nonEmptyText(found.value);
    if (text === undefined) this.#wrong(found, 'text');
    else this.checkName(`${found.name}:`, text, problemOf(text), { place: found.place });
    return text;
  }

  /** Reports a name that ssh, sudo or a shell is not to see, if there is a problem with it. */
  checkName(
    what: string,
    name: string,
    problem: string | undefined,
    { place, hint = 'correct it' }: { readonly place: Place | undefined; readonly hint?: string },
  ): void {
    if (problem === undefined) return;
    this.#diagnostics.add({ code: 'wrong-value', message: `${what} ${describe(name)} ${problem}`, place, hint });
  }

  /**
   * Reads text as it was written, and keeps it out of output from now on. Of a number in YAML, leading zeros would be
   * lost, of one in INI not.
   */
  secret(setting: SettingName): string | undefined {
    const text = this.#read(setting, 'text', (value, _, written) => nonEmptyText(value) ?? written, 'put it in quotes');
    if (text !== undefined) currentSecrets().add(text);
    return text;
  }

  flag(setting: SettingName): boolean | undefined {
    return this.#read(setting, 'true or false', (value) => {
      if (typeof value === 'boolean') return value;
      if (typeof value !== 'string') return undefined;
      if (/^(yes|true|on)$/i.test(value)) return true;
      return /^(no|false|off)$/i.test(value) ? false : undefined;
    });
  }

  port(): number | undefined {
    return this.#read('port', 'a port from 1 to 65535', (value) => {
      const port = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
      return typeof port === 'number' && Number.isInteger(port) && port >= 1 && port <= 65_535 ? port : undefined;
    });
  }

  seconds(setting: SettingName): number | undefined {
    return this.#read(setting, 'a number of seconds above 0', (value) => {
      const seconds = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
      return typeof seconds === 'number' && Number.isFinite(seconds) && seconds > 0 ? seconds : undefined;
    });
  }

  wholeNumber(setting: SettingName): number | undefined {
    return this.#read(setting, 'a whole number from 0', (value) => {
      const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
      return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
    });
  }

  path(setting: SettingName): string | undefined {
    return this.#read(setting, 'a path', (value, place) =>
      nonEmptyText(value) ? pathFrom(String(value), place) : undefined,
    );
  }

  paths(setting: SettingName): string[] | undefined {
    return this.#read(setting, 'a path or a list of paths', (value, place) => {
      const list: unknown[] = [value].flat();
      const paths = list.flatMap((each) => (nonEmptyText(each) ? [pathFrom(String(each), place)] : []));
      return paths.length === list.length && paths.length > 0 ? paths : undefined;
    });
  }

  connection(): 'ssh' | 'local' {
    const known = { ssh: 'ssh', smart: 'ssh', paramiko: 'ssh', paramiko_ssh: 'ssh', local: 'local' } as const;
    const found = this.#find('connection');
    const word = String(found?.value ?? 'ssh').replace('ansible.builtin.', '');
    for (const [name, connection] of Object.entries(known)) if (name === word) return connection;
    if (found !== undefined) {
      const near = nearest(word, Object.keys(known));
      this.#wrong(found, 'ssh or local', near === undefined ? undefined : `did you mean "${near}"?`);
    }
    return 'ssh';
  }

  #read<Value>(
    setting: SettingName,
    expected: string,
    accept: (value: unknown, place: Place | undefined, written: string | undefined) => Value | undefined,
    hint?: string,
  ): Value | undefined {
    const found = this.#find(setting);
    if (found === undefined) return undefined;
    const value = accept(found.value, found.place, this.#source.get(found.name)?.written);
    if (value === undefined) this.#wrong(found, expected, hint);
    return value;
  }

  /**
   * Returns the value of a setting in whichever spelling: that of the strongest layer. Two that differ within one layer
   * contradict each other.
   */
  #find(setting: SettingName): Found | undefined {
    const given = [setting, ...spellings[setting]].flatMap((name): Found[] => {
      const { layer, place } = this.#source.get(name) ?? {};
      const value = this.#rendered[name];
      return value === undefined || value === null ? [] : [{ name, value, layer, place }];
    });
    const [strongest, ...weaker] = given.toSorted((a, b) => rank(b) - rank(a));
    if (strongest === undefined) return undefined;
    const rivals = weaker.filter(({ layer }) => layer === strongest.layer);
    const rival = rivals.find((each) => JSON.stringify(each.value) !== JSON.stringify(strongest.value));
    if (rival !== undefined) this.#contradiction(strongest, rival);
    return strongest;
  }

  #contradiction(one: Found, other: Found): void {
    const values = [one, other].map(({ name, value }) => (isSecretName(name) ? '' : ` (${describe(value)})`));
    const elsewhere = other.place === undefined ? '' : ` at ${other.place.file}:${other.place.line}`;
    this.#diagnostics.add({
      code: 'contradiction',
      message: `${one.name}${values[0]} and ${other.name}${values[1]}${elsewhere} mean the same and differ`,
      place: one.place,
      hint: 'keep one of the two',
    });
  }

  #wrong({ name, value, place }: Found, expected: string, hint?: string): void {
    const found = isSecretName(name) ? 'something else' : describe(value);
    this.#diagnostics.add({
      code: 'wrong-type',
      message: `${name}: expected ${expected}, found ${found}`,
      place,
      hint,
    });
  }
}

const layers: readonly Layer[] = ['role default', 'all', 'group', 'host', 'play', 'extra'];

function rank({ layer }: Found): number {
  return layer === undefined ? -1 : layers.indexOf(layer);
}

function nonEmptyText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/**
 * Resolves a path, relative to the file where it was written, or to the working folder; `~` is the home of who runs
 * this.
 */
function pathFrom(path: string, place: Place | undefined): string {
  if (path === '~' || path.startsWith('~/')) return resolve(homeFolder(), path.slice(2));
  return resolve(place === undefined ? '.' : dirname(place.file), path);
}
