/** Explanation of a helper: an expression and its value, with the variables of {@link helperVariables}. */
export interface HelperWord {
  readonly means: string;
  readonly example: string;
  readonly gives: unknown;
}

/** Variables that the examples of helpers use. */
export const helperVariables = {
  arch: 'x86_64',
  port: 5000,
  names: ['web', 'db', 'cache'],
  image: { name: 'team/web', tag: '1.4' },
};

/** Functions that templates and conditions may use. */
export const helperWords: Readonly<Record<string, HelperWord>> = {
  eq: { means: 'True for equal values.', example: 'eq arch "x86_64"', gives: true },
  ne: { means: 'True for values that are not equal.', example: 'ne arch "x86_64"', gives: false },
  gt: { means: 'True for a number, or text, that is greater.', example: 'gt port 1024', gives: true },
  gte: { means: 'True for one that is greater or equal.', example: 'gte port 5000', gives: true },
  lt: { means: 'True for one that is less.', example: 'lt port 1024', gives: false },
  lte: { means: 'True for one that is less or equal.', example: 'lte port 5000', gives: true },
  in: {
    means: 'True for a value that a list, the keys of a map, or a text contains.',
    example: 'in "db" names',
    gives: true,
  },
  contains: { means: '`in`, with the list first.', example: 'contains names "db"', gives: true },
  matches: {
    means: 'True for a text in which a regular expression (RE2) matches anywhere.',
    example: 'matches arch "^x86"',
    gives: true,
  },
  not: { means: 'True for false, null, 0, and an empty text, list or map.', example: 'not names', gives: false },
  and: {
    means: 'The first value that does not hold, else the last.',
    example: 'and (gt port 1024) arch',
    gives: 'x86_64',
  },
  or: { means: 'The first value that holds, else the last.', example: 'or "" arch', gives: 'x86_64' },
  ternary: {
    means: 'The second value where the first holds, else the third.',
    example: 'ternary (eq port 443) "https" "http"',
    gives: 'http',
  },
  default: { means: 'The first value that is defined and not null.', example: 'default missing port', gives: 5000 },
  defined: { means: 'True for a name that has a value.', example: 'defined missing', gives: false },
  lower: { means: 'The text in small letters.', example: 'lower "WEB"', gives: 'web' },
  upper: { means: 'The text in capital letters.', example: 'upper "web"', gives: 'WEB' },
  trim: { means: 'The text without white space around it.', example: 'trim "  web "', gives: 'web' },
  replace: {
    means: 'The text with every occurrence replaced; no regular expression.',
    example: 'replace image.name "/" "-"',
    gives: 'team-web',
  },
  split: { means: 'The parts of a text, as a list.', example: 'split image.name "/"', gives: ['team', 'web'] },
  join: {
    means: 'The entries of a list as one text; a comma is between them by default.',
    example: 'join names ", "',
    gives: 'web, db, cache',
  },
  length: { means: 'The number of characters, entries or keys.', example: 'length names', gives: 3 },
  first: { means: 'The first entry of a list; an error for an empty one.', example: 'first names', gives: 'web' },
  last: { means: 'The last entry of a list; an error for an empty one.', example: 'last names', gives: 'cache' },
  keys: { means: 'The keys of a map.', example: 'keys image', gives: ['name', 'tag'] },
  add: {
    means:
      'The sum of numbers; lists or texts one behind the other. A text and a number are an error: use `concat` or `int`.',
    example: 'add port 1',
    gives: 5001,
  },
  union: {
    means: 'One list of all the values of lists, each once.',
    example: 'union names names',
    gives: ['web', 'db', 'cache'],
  },
  concat: {
    means: 'One list of all the lists and values given, or one text of all the texts.',
    example: 'concat names "log"',
    gives: ['web', 'db', 'cache', 'log'],
  },
  get: {
    means: 'The value at a key or an index; the third value, or null, where there is none.',
    example: 'get image "tag" "latest"',
    gives: '1.4',
  },
  number: { means: 'The number that a text is.', example: 'number "5000"', gives: 5000 },
  string: { means: 'The text of a number, of true or false.', example: 'string port', gives: '5000' },
  int: { means: 'The whole number that a text or number begins with: 3 of 3.7.', example: 'int "3.7"', gives: 3 },
  bool: {
    means: 'True for true, 1, and the texts yes, on, 1 and true, in any case; else false.',
    example: 'bool "Yes"',
    gives: true,
  },
  json: { means: 'The value as JSON.', example: 'json image', gives: '{"name":"team/web","tag":"1.4"}' },
  yaml: { means: 'The value as YAML.', example: 'yaml names', gives: '- web\n- db\n- cache' },
  basename: { means: 'The last part of a path.', example: 'basename "/srv/images/web.tar"', gives: 'web.tar' },
  dirname: { means: 'The path without its last part.', example: 'dirname "/srv/images/web.tar"', gives: '/srv/images' },
};
