import type { Diagnostics, Place } from '../../diagnostics/diagnostic.js';
import { nearest } from '../../diagnostics/nearest.js';
import type { Variable } from '../../vars/variables.js';
import { addHosts } from './add-hosts.js';
import { type Draft, groupIn } from './draft.js';
import { giveGroup } from './group-variables.js';
import { iniWords } from './ini-words.js';
import { pythonLiteral } from './python-literal.js';

const kinds = ['hosts', 'children', 'vars'] as const;
type Kind = (typeof kinds)[number];

/** Adds the groups, hosts and variables of an inventory in Ansible's INI. Every line that can't be read is an error. */
export function readIniInventory(file: string, text: string, draft: Draft, diagnostics: Diagnostics): void {
  const reader = new IniReader(file, draft, diagnostics);
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|[\n\r]/)
    .entries())
    reader.read(line, index + 1);
  reader.end();
}

/** A group that was spoken of and not declared yet. */
interface Pending {
  readonly place: Place;
  /** Groups that name it as their child; none where only variables of it were given. */
  readonly parents: Map<string, Place>;
}

class IniReader {
  #group = 'ungrouped';
  #kind: Kind | 'unknown' = 'hosts';
  readonly #pending = new Map<string, Pending>();
  #line = '';
  #number = 0;

  readonly #file: string;
  readonly #draft: Draft;
  readonly #diagnostics: Diagnostics;

  constructor(file: string, draft: Draft, diagnostics: Diagnostics) {
    this.#file = file;
    this.#draft = draft;
    this.#diagnostics = diagnostics;
  }

  read(line: string, number: number): void {
    this.#line = line;
    this.#number = number;
    const content = line.trim();
    if (content === '' || /^[#;]/.test(content)) return;
    const section = /^\[([^:\]\s]+)(?::(\w+))?\]\s*(?:#.*)?$/.exec(content);
    if (section !== null) this.#section(section[1] ?? '', section[2] ?? 'hosts');
    else if (/^\[.*\]$/.test(content) || (/^\[[^\]]*\]\s*;/.test(content) && !content.includes('=')))
      this.#report(
        content,
        `no section: ${content}`,
        'write [group], [group:vars] or [group:children], without blanks',
      );
    else if (this.#kind === 'hosts') this.#hosts();
    else if (this.#kind === 'children') this.#child(content);
    else if (this.#kind === 'vars') this.#variable(content);
  }

  /** Groups that were spoken of must be declared by the end of the file. */
  end(): void {
    for (const [name, { place, parents }] of this.#pending) {
      const near = nearest(name, this.#otherGroups(name));
      const meant = near === undefined ? '' : `did you mean "${near}"? `;
      const [parent] = parents;
      const message =
        parent === undefined
          ? `[${name}:vars]: there is no group "${name}"`
          : `[${parent[0]}:children]: there is no group "${name}"`;
      const hint = `${meant}add [${name}], with its hosts or empty`;
      this.#diagnostics.add({ code: 'no-group', message, place: parent?.[1] ?? place, hint });
    }
  }

  *#otherGroups(name: string): Iterable<string> {
    for (const each of this.#draft.groups.keys()) if (each !== name) yield each;
  }

  #section(name: string, kind: string): void {
    const known = kinds.find((each) => each === kind);
    this.#group = name;
    this.#kind = known ?? 'unknown';
    if (known === undefined) {
      const near = nearest(kind, kinds);
      const hint = `${near === undefined ? '' : `did you mean [${name}:${near}]? `}expected vars or children`;
      this.#report(`:${kind}`, `section [${name}:${kind}] has an unknown kind "${kind}"`, hint, 1);
      return;
    }
    const place = this.#placeOf(name);
    const waiting = this.#pending.get(name);
    if (!this.#draft.groups.has(name) && known === 'vars' && waiting === undefined)
      this.#pending.set(name, { place, parents: new Map() });
    const group = groupIn(this.#draft, name);
    if (known === 'vars') return;
    group.place ??= place;
    for (const [parent, at] of waiting?.parents ?? []) groupIn(this.#draft, parent).children.set(name, at);
    this.#pending.delete(name);
  }

  #hosts(): void {
    const words = iniWords(this.#line);
    if ('message' in words) {
      this.#diagnostics.add({
        code: 'ini',
        message: words.message,
        place: this.#placeAt(words.at, 1),
        hint: words.hint,
      });
      return;
    }
    const [entry, ...assignments] = words;
    if (entry === undefined) return;
    if (entry.text === '---' || (entry.text.endsWith(':') && !entry.text.endsWith('::'))) {
      const hint = 'an inventory in YAML has a name that ends in .yaml, .yml or .json, or none';
      this.#report(entry.text, `"${entry.text}" is no host: this looks like YAML`, hint);
      return;
    }
    const variables = new Map<string, Variable>();
    for (const { text, at } of assignments) {
      const [, name = '', value = ''] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
      if (name !== '') {
        variables.set(name, this.#given(value, at, 'host', `host ${entry.text}`));
        continue;
      }
      const message = `host "${entry.text}": expected name=value, found "${text}"`;
      const hint = 'no blanks beside the "=", and values with blanks in quotes';
      this.#diagnostics.add({ code: 'ini', message, place: this.#placeAt(at, text.length), hint });
      break;
    }
    const place = this.#placeAt(entry.at, entry.text.length);
    addHosts(
      { entry: entry.text, place, variables },
      groupIn(this.#draft, this.#group).hosts,
      this.#draft,
      this.#diagnostics,
    );
  }

  #child(content: string): void {
    const [, name = ''] = /^([^:\]\s]+)\s*(?:#.*)?$/s.exec(content) ?? [];
    const place = this.#placeOf(name);
    if (name === '') this.#report(content, `expected the name of a group, found "${content}"`, 'one group a line');
    else if (this.#draft.groups.has(name)) groupIn(this.#draft, this.#group).children.set(name, place);
    else {
      const waiting = this.#pending.get(name) ?? { place, parents: new Map() };
      waiting.parents.set(this.#group, place);
      this.#pending.set(name, waiting);
    }
  }

  #variable(content: string): void {
    const at = content.indexOf('=');
    const [name, value] = at < 0 ? ['', ''] : [content.slice(0, at).trimEnd(), content.slice(at + 1).trimStart()];
    if (name === '') {
      this.#report(content, `[${this.#group}:vars]: expected name = value, found "${content}"`);
      return;
    }
    const layer = this.#group === 'all' ? 'all' : 'group';
    const given = this.#given(value, this.#line.indexOf(content), layer, `group ${this.#group}`);
    giveGroup(groupIn(this.#draft, this.#group), new Map([[name, given]]), this.#diagnostics);
  }

  #given(text: string, at: number, layer: Variable['layer'], from: string): Variable {
    const literal = pythonLiteral(text);
    const value = literal === undefined ? text : literal.value;
    const place = this.#placeAt(at, this.#line.slice(at).trimEnd().length);
    return {
      value,
      layer,
      from,
      place,
      isOfInventory: true,
      ...(typeof value === 'number' && { written: text.trim() }),
    };
  }

  #report(part: string, message: string, hint?: string, into = 0): void {
    const { file, line, column, length } = this.#placeOf(part);
    const place = { file, line, column: column + into, length: Math.max(1, (length ?? 1) - into) };
    this.#diagnostics.add({ code: 'ini', message, place, hint });
  }

  #placeOf(part: string): Place {
    return this.#placeAt(Math.max(0, this.#line.indexOf(part)), part.length);
  }

  #placeAt(at: number, length: number): Place {
    return { file: this.#file, line: this.#number, column: at + 1, length: Math.max(1, length) };
  }
}
