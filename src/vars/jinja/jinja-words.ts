import { call, isGet, nothing, type Piece, Unreadable, Unsupported } from './jinja-pieces.js';

/** Filters and methods that are functions here, the value first. An empty name gives the value itself. */
const functions: Readonly<Record<string, string>> = {
  default: 'default',
  d: 'default',
  lower: 'lower',
  upper: 'upper',
  trim: 'trim',
  strip: 'trim',
  replace: 'replace',
  split: 'split',
  join: 'join',
  length: 'length',
  count: 'length',
  first: 'first',
  last: 'last',
  list: '',
  string: 'string',
  int: 'int',
  float: 'number',
  basename: 'basename',
  dirname: 'dirname',
  keys: 'keys',
  get: 'get',
  bool: 'bool',
  ternary: 'ternary',
  union: 'union',
};

/** Filters whose counterpart gives something else, with what it is. */
const others: Readonly<Record<string, string>> = {
  list: 'leave it out for a list, write keys for a map',
  to_json: 'json gives the same data without blanks',
  tojson: 'json gives the same data without blanks',
  to_nice_json: 'json gives the same data on one line',
  to_yaml: 'yaml gives the same data in another form',
  to_nice_yaml: 'yaml gives the same data in another form',
};

/** Tests that are functions here, the value first. */
const tests: Readonly<Record<string, string>> = {
  search: 'matches',
  regex: 'matches',
  match: 'matches',
  contains: 'contains',
  defined: 'defined',
  eq: 'eq',
  equalto: 'eq',
  ne: 'ne',
  gt: 'gt',
  greaterthan: 'gt',
  ge: 'gte',
  lt: 'lt',
  lessthan: 'lt',
  le: 'lte',
  in: 'in',
};

/** Names that methods have, of those of filters: the others are a filter's alone. */
const methods: readonly string[] = ['lower', 'upper', 'strip', 'replace', 'split', 'join', 'keys', 'get'];

/** Facts that have Ansible's names and values here too: `ansible_facts['os_family']` is `ansible_os_family`. */
export const ansibleFactNames: readonly string[] = [
  'hostname',
  'fqdn',
  'os_family',
  'distribution',
  'distribution_version',
  'distribution_major_version',
  'architecture',
  'default_ipv4',
  'all_ipv4_addresses',
  'user_id',
];

/** Fewest and most values of a function that takes others than one. */
const arities: Readonly<Record<string, readonly [number, number]>> = {
  default: [1, 3],
  replace: [3, 3],
  split: [2, 2],
  join: [1, 2],
  get: [2, 3],
  ternary: [3, 3],
  union: [2, 2],
  matches: [2, 2],
  contains: [2, 2],
  eq: [2, 2],
  ne: [2, 2],
  gt: [2, 2],
  gte: [2, 2],
  lt: [2, 2],
  lte: [2, 2],
  in: [2, 2],
};

const empty: Piece = { text: '""', call: false };

/** Returns the call that gives what a filter, method or test does, the value first. @throws Unsupported where nothing does */
export function applied(what: 'filter' | 'method' | 'test', word: string, values: readonly Piece[]): Piece {
  const table = what === 'test' ? tests : functions;
  const other = Object.hasOwn(others, word) && what === 'filter' ? ` (${others[word]})` : undefined;
  const helper = Object.hasOwn(table, word) && (what !== 'method' || methods.includes(word)) ? table[word] : undefined;
  if (helper === undefined) throw new Unsupported(`the ${what} ${word}${other ?? ''}`);
  return called(helper, what, word, values);
}

/** Returns the call of a function that gives what a filter, method or test does. */
function called(helper: string, what: string, word: string, values: readonly Piece[]): Piece {
  const [value, first, second] = values;
  if (value === undefined) throw new Unreadable();
  const unsupported = () => new Unsupported(`the ${what} ${word} with these arguments`);
  const [least, most] = arities[helper] ?? [1, 1];
  if (values.length > most) throw unsupported();
  switch (helper) {
    case '':
      if (!/^(?:keys|split|union) /.test(value.text)) throw new Unsupported(`the filter list (${others.list})`);
      return value;
    case 'defined':
      // What a map does not have is null for get.
      return isGet(value) ? call('ne', value, nothing) : call('defined', value);
    case 'default':
      if (second === undefined) return call('default', value, first ?? empty);
      if (second.text === 'false') return call('default', value, first ?? empty);
      if (second.text !== 'true' || values.length > 3) throw unsupported();
      return call('or', call('default', value, empty), first ?? empty);
    case 'join':
      if (what === 'method') return first === undefined ? unreadable() : call('join', first, value);
      return call('join', value, first ?? empty);
    case 'number':
      return { ...call('number', value), onlyCompared: word };
    case 'matches':
      if (word !== 'match') break;
      // Jinja's match begins at the beginning; a pattern that may begin elsewhere in one of its parts is put together.
      if (first?.literal !== 'text') throw unsupported();
      return call(helper, value, { ...first, text: first.text.replace(/^(["'])(?:\^(?!.*\|))?(.*)\1$/s, anchored) });
  }
  if (values.length < least) throw unsupported();
  return call(helper, ...values);
}

function anchored(_: string, quote: string, pattern: string): string {
  return `${quote}^${pattern.includes('|') ? `(?:${pattern})` : pattern}${quote}`;
}

function unreadable(): never {
  throw new Unreadable();
}
