import { isIP } from 'node:net';
import type { Diagnostics } from '../../../diagnostics/diagnostic.js';
import { nearest } from '../../../diagnostics/nearest.js';
import { tokenAlgorithms } from '../../links/crane-links.js';
import type { IniSections, IniValue } from './ini.js';

/** Reader of a value: what it means, or why it cannot. */
type OptionReader<Value> = (text: string) => Value | { readonly wrong: string };

const text: OptionReader<string> = (value) => value;
const folder = text;
const boolean: OptionReader<boolean> = (value) => {
  const word = value.toLowerCase();
  if (['1', 'yes', 'true', 'on'].includes(word)) return true;
  return ['0', 'no', 'false', 'off'].includes(word) ? false : { wrong: 'true or false is expected' };
};
const seconds: OptionReader<number> = (value) =>
  /^\d{1,9}$/.test(value) && Number(value) > 0 ? Number(value) : { wrong: 'a number of seconds is expected' };
const hex: OptionReader<string> = (value) =>
  /^(?:[0-9a-f]{2})+$/i.test(value) ? value : { wrong: 'hexadecimal digits are expected, an even number of them' };
const url: OptionReader<string> = (value) =>
  /^https?:\/\/\S+$/.test(value) && URL.canParse(value) ? value : { wrong: 'an address is expected: https://…' };
const address: OptionReader<string> = (value) => (isIP(value) === 0 ? { wrong: 'an IP address is expected' } : value);
const token: OptionReader<string> = (value) =>
  /^[\w.*/:!,@+-]+$/.test(value) ? value : { wrong: 'letters, digits and . * / : ! , @ + - _ are expected' };
const list: OptionReader<readonly string[]> = (value) => value.split(/[\s,]+/).filter((each) => each !== '');
function oneOf<const Word extends string>(...words: readonly Word[]): OptionReader<Word> {
  return (value) =>
    words.find((word) => word === value.toLowerCase()) ?? { wrong: `one of ${words.join(', ')} is expected` };
}

/** Options of each section: those of Crane, and sections of ours for signed addresses. */
const sections = {
  general: {
    debug: boolean,
    data_dir: folder,
    data_dir_polling_interval: seconds,
    endpoint: text,
  },
  cdn: {
    url_match: text,
    url_replace: text,
    url_auth_secret: hex,
    url_auth_ttl: seconds,
    url_auth_param: token,
    url_auth_algo: oneOf(...tokenAlgorithms),
  },
  serve_content: { enable: boolean, content_dir_v1: folder, content_dir_v2: folder, use_x_sendfile: boolean },
  gsa: { url },
  solr: { url },
  cloudfront: {
    key_pair_id: token,
    private_key_file: folder,
    hash: oneOf('sha1', 'sha256'),
    policy: oneOf('canned', 'custom'),
    resource: text,
    network: text,
    window: seconds,
    ttl: seconds,
  },
  akamai: {
    secret: hex,
    parameter: token,
    algorithm: oneOf(...tokenAlgorithms),
    acl: list,
    ip: address,
    window: seconds,
    id: token,
    data: token,
    salt: text,
    escape: boolean,
    ttl: seconds,
  },
  nginx: { expression: text, hash_parameter: token, end_parameter: token, client: address, ttl: seconds },
} as const;

type Sections = typeof sections;
type ValueOf<Reader> = Reader extends OptionReader<infer Value> ? Value : never;

/** Options of a file, by section; those that are empty or not there are left out. */
export type ConfigOptions = {
  readonly [Section in keyof Sections]: {
    readonly [Option in keyof Sections[Section]]?: ValueOf<Sections[Section][Option]>;
  };
};

/** Reads the options of a file; each error has the line of its option. */
export function configOptions(read: IniSections, diagnostics: Diagnostics): ConfigOptions {
  const names = Object.keys(sections);
  for (const [name, { place }] of read) {
    if (names.includes(name)) continue;
    const near = nearest(name, names);
    const hint = near === undefined ? `expected ${names.join(', ')}` : `did you mean [${near}]?`;
    diagnostics.add({ code: 'unknown-key', message: `unknown section [${name}]`, place, hint });
  }
  return Object.fromEntries(
    Object.entries(sections).map(([name, known]) => [
      name,
      sectionOptions(name, known, read.get(name)?.options ?? new Map(), diagnostics),
    ]),
  ) as unknown as ConfigOptions;
}

function sectionOptions(
  section: string,
  known: Readonly<Record<string, OptionReader<unknown>>>,
  options: ReadonlyMap<string, IniValue>,
  diagnostics: Diagnostics,
): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const [name, { value, place }] of options) {
    const reader = Object.hasOwn(known, name) ? known[name] : undefined;
    if (reader === undefined) {
      const near = nearest(name, Object.keys(known));
      const hint = near === undefined ? `expected ${Object.keys(known).join(', ')}` : `did you mean "${near}"?`;
      diagnostics.add({ code: 'unknown-key', message: `[${section}] has no option "${name}"`, place, hint });
      continue;
    }
    if (value === '') continue;
    const meant = reader(value);
    if (typeof meant === 'object' && meant !== null && 'wrong' in meant)
      diagnostics.add({ code: 'wrong-value', message: `[${section}] ${name}: ${String(meant.wrong)}`, place });
    else found[name] = meant;
  }
  return found;
}
