import { nearest } from '../../src/index.js';

/** Options of exports(5) of which one or the other holds, the one that holds unless told first. */
export const pairs: readonly (readonly [byDefault: string, other: string])[] = [
  ['ro', 'rw'],
  ['sync', 'async'],
  ['wdelay', 'no_wdelay'],
  ['hide', 'nohide'],
  ['nocrossmnt', 'crossmnt'],
  ['secure', 'insecure'],
  ['root_squash', 'no_root_squash'],
  ['no_all_squash', 'all_squash'],
  ['no_subtree_check', 'subtree_check'],
  ['secure_locks', 'insecure_locks'],
  ['acl', 'no_acl'],
  ['no_pnfs', 'pnfs'],
];

/** Other names of the same. */
const synonyms: Readonly<Record<string, string>> = {
  auth_nlm: 'secure_locks',
  no_auth_nlm: 'insecure_locks',
  mp: 'mountpoint',
};

/** Options that stand alone or with a value. */
const singles = ['mountpoint', 'mp', 'security_label', 'nordirplus'];
const valued = [
  ...['anonuid', 'anongid', 'fsid', 'sec', 'xprtsec', 'refer', 'replicas', 'reexport'],
  ...['mountpoint', 'mp'],
];

/** Values of options that have a list of them, separated by colons; two of `sec=` are other names. */
const choices: Readonly<Record<string, readonly string[]>> = {
  sec: ['none', 'sys', 'krb5', 'krb5i', 'krb5p', 'null', 'unix'],
  xprtsec: ['none', 'tls', 'mtls'],
  reexport: ['auto-fsidnum', 'predefined-fsidnum'],
};

/** Every option that exports(5) names, those with a value with an `=` at the end. */
export const exportOptions: readonly string[] = [
  ...pairs.flat(),
  ...Object.keys(synonyms).filter((name) => name !== 'mp'),
  ...singles,
  ...valued.map((name) => `${name}=`),
];

/** Returns the error of an option; undefined for a valid one. */
export function errorIn(option: string): string | undefined {
  const [name = '', value] = split(option);
  if (option === '') return 'nothing stands between two commas';
  if (value === undefined) return exportOptions.includes(name) ? undefined : unknown(option);
  if (!valued.includes(name)) return exportOptions.includes(name) ? `${name} takes no value` : unknown(option);
  if (value === '') return `${name}= needs a value`;
  if ((name === 'anonuid' || name === 'anongid') && !isId(value)) return `${name}= needs a number`;
  if (name === 'fsid' && fsidOf(value) === undefined) return `fsid= needs a number, root, or a UUID, not ${value}`;
  const words = choices[name];
  const strange = words === undefined ? undefined : value.split(':').find((each) => !words.includes(each));
  return strange === undefined ? undefined : `${name}= has ${words?.slice(0, 5).join(', ')}, not ${strange}`;
}

/** Tells whether a text is a number of a user or group: 32 bits, of which exportfs takes the lower ones of a longer one. */
function isId(text: string): boolean {
  return /^-?\d+$/.test(text) && Number(text) >= -(2 ** 31) && Number(text) < 2 ** 32;
}

/** Returns an fsid as the server's table has it: a number in decimal, `root` as 0; undefined for what exports(5) refuses. */
export function fsidOf(value: string): string | undefined {
  if (value === 'root') return '0';
  if (/^(0x[0-9a-f]+|-?\d+)$/i.test(value)) {
    const number = /^0[0-7]+$/.test(value) ? Number.parseInt(value, 8) : Number(value);
    const id = number < 0 ? number + 2 ** 32 : number;
    return id >= 0 && id < 2 ** 32 ? String(id) : undefined;
  }
  return /^[0-9a-f:-]+$/i.test(value) && value.replace(/[:-]/g, '').length === 32 ? value : undefined;
}

/** Two options that say the opposite, or nothing. After another `sec=` an option may be given anew, for its flavors. */
export function contradictionIn(options: readonly string[]): string | undefined {
  if (options.filter((option) => option.startsWith('sec=')).length > 1) return undefined;
  const names = options.map((option) => synonyms[option] ?? option);
  const both = pairs.find((pair) => pair.every((name) => names.includes(name)));
  return both === undefined ? undefined : `${both[0]} and ${both[1]} exclude each other`;
}

function unknown(option: string): string {
  const needsValue = valued.includes(option) ? `${option} needs a value` : undefined;
  if (needsValue !== undefined) return needsValue;
  const near = nearest(option.replace(/=.*/, '='), exportOptions) ?? nearest(option.replace(/=.*/, ''), exportOptions);
  return `${option} is no option of exports(5)${near === undefined ? '' : `. Did you mean ${near}?`}`;
}

/** Returns the options in effect: every pair decided, the rest as given. `anonuid` and `anongid` default to 65534. */
export function effectiveOptions(options: readonly string[]): ReadonlyMap<string, string> {
  const effect = new Map<string, string>(pairs.map(([byDefault]) => [byDefault, byDefault]));
  for (const id of ['anonuid', 'anongid']) effect.set(id, '65534');
  effect.set('sec', 'sys');
  for (const option of options) {
    const [written = '', value] = split(option);
    const name = synonyms[written] ?? written;
    const pair = pairs.find((each) => each.includes(name));
    if (pair !== undefined) effect.set(pair[0], name);
    else if (name === 'fsid') effect.set(name, fsidOf(value ?? '') ?? '');
    else effect.set(name, unsigned(name, value ?? ''));
  }
  return effect;
}

/** `-2` and `4294967294` are what some servers say for 65534. */
function unsigned(name: string, value: string): string {
  const number = Number(value);
  if (!name.startsWith('anon') || !Number.isInteger(number)) return value;
  const id = number < 0 ? number + 2 ** 32 : number;
  return id === 4_294_967_294 ? '65534' : String(id);
}

function split(option: string): [string, string | undefined] {
  const at = option.indexOf('=');
  return at < 0 ? [option, undefined] : [option.slice(0, at), option.slice(at + 1)];
}
