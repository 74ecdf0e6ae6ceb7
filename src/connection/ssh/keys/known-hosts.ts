import { createHash, createHmac } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { readTextFile } from '../../../diagnostics/read-text.js';
import { starsTest } from '../../../patterns/wildcards.js';

/** Line of a known_hosts file, as sshd(8) describes it. */
export interface KnownHost {
  readonly file: string;
  readonly line: number;
  readonly marker: 'revoked' | 'cert-authority' | undefined;
  readonly patterns: string;
  readonly type: string;
  /** Key in base64. */
  readonly key: string;
}

/** Verdict of known_hosts on a host's key. */
export type KeyVerdict =
  | { readonly verdict: 'known' }
  | { readonly verdict: 'unknown' }
  | { readonly verdict: 'changed' | 'revoked'; readonly entry: KnownHost };

interface ReadFile {
  /** Changes whenever the file does. */
  readonly stamp: string;
  readonly lines: readonly KnownHost[];
  /** Lines of single names in lower case, each with its place in the file: all but a few lines are such. */
  readonly byName: ReadonlyMap<string, readonly number[]>;
  /** Places of lines with patterns or hashes, which are tried for each name. */
  readonly others: readonly number[];
}
const alreadyRead = new Map<string, ReadFile>();

/** Reads known_hosts files; missing ones are empty. */
export function readKnownHosts(files: readonly string[]): KnownHost[] {
  return files.flatMap((file) => readFile(file)?.lines ?? []);
}

/** Reads a file; one that hasn't changed is not read again for each host. Undefined where it is missing. */
function readFile(file: string): ReadFile | undefined {
  const stat = statSync(file, { throwIfNoEntry: false, bigint: true });
  if (stat === undefined) return undefined;
  const stamp = `${stat.dev} ${stat.ino} ${stat.size} ${stat.mtimeNs}`;
  const known = alreadyRead.get(file);
  if (known?.stamp === stamp) return known;
  const lines = readTextFile(file)
    .split('\n')
    .flatMap((line, index) => parseLine(line, file, index + 1));
  const byName = new Map<string, number[]>();
  const others: number[] = [];
  for (const [place, { patterns }] of lines.entries()) {
    const names = patterns.toLowerCase().split(',');
    if (/^[|]|[*?!]/.test(patterns)) others.push(place);
    else for (const name of new Set(names)) byName.set(name, [...(byName.get(name) ?? []), place]);
  }
  const read = { stamp, lines, byName, others };
  alreadyRead.set(file, read);
  return read;
}

function parseLine(text: string, file: string, line: number): KnownHost[] {
  const words = text.trim().split(/\s+/);
  const marker = words[0]?.startsWith('@') ? words.shift()?.slice(1) : undefined;
  const [patterns, type, key] = words;
  if (patterns === undefined || patterns.startsWith('#') || type === undefined || key === undefined) return [];
  if (marker !== undefined && marker !== 'revoked' && marker !== 'cert-authority') return [];
  return [{ file, line, marker, patterns, type, key }];
}

/** Returns the name of a host in known_hosts: `[host]:port` for a port other than 22. */
export function knownHostName(host: string, port: number): string {
  return port === 22 ? host : `[${host}]:${port}`;
}

/** Returns the lines of known_hosts files for a host, by its name in them, in their order. */
export function entriesFor(files: readonly string[], knownName: string): KnownHost[] {
  const name = knownName.toLowerCase();
  return files.flatMap((file) => {
    const read = readFile(file);
    if (read === undefined) return [];
    const matching = read.others.filter((place) => isMatch(read.lines[place]?.patterns ?? '', name));
    const places = [...(read.byName.get(name) ?? []), ...matching].sort((a, b) => a - b);
    return places.flatMap((place) => read.lines[place] ?? []);
  });
}

function isMatch(patterns: string, name: string): boolean {
  return patterns.startsWith('|1|') ? hashedMatch(patterns, name) : listMatch(patterns, name);
}

function hashedMatch(pattern: string, name: string): boolean {
  const [, , salt = '', hash = ''] = pattern.split('|');
  return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash;
}

function listMatch(patterns: string, name: string): boolean {
  let matched = false;
  for (const pattern of patterns.toLowerCase().split(',')) {
    const negated = pattern.startsWith('!');
    if (!starsTest(negated ? pattern.slice(1) : pattern)(name)) continue;
    if (negated) return false;
    matched = true;
  }
  return matched;
}

/** Judges a key that a host showed. A revoked key is refused whatever else is on file. */
export function judgeKey(entries: readonly KnownHost[], key: Buffer): KeyVerdict {
  const encoded = key.toString('base64');
  const revoked = entries.find((entry) => entry.marker === 'revoked' && entry.key === encoded);
  if (revoked !== undefined) return { verdict: 'revoked', entry: revoked };
  const plain = entries.filter((entry) => entry.marker === undefined);
  if (plain.some((entry) => entry.key === encoded)) return { verdict: 'known' };
  const sameType = plain.find((entry) => entry.type === keyType(key)) ?? plain[0];
  return sameType === undefined ? { verdict: 'unknown' } : { verdict: 'changed', entry: sameType };
}

/** Returns the signature algorithms for which a server shows a key of a type that is on file; none means any. */
export function algorithmsFor(entries: readonly KnownHost[]): string[] {
  const types = [...new Set(entries.filter((entry) => entry.marker === undefined).map((entry) => entry.type))];
  return types.flatMap((type) => (type === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa'] : [type]));
}

/** Adds a new host's key to known_hosts, on a line of its own. */
export function addKnownHost(file: string, name: string, key: Buffer): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const isTorn = /[^\n]$/.test(existsSync(file) ? readTextFile(file) : '');
  const line = `${name} ${keyType(key)} ${key.toString('base64')}\n`;
  appendFileSync(file, isTorn ? `\n${line}` : line, { mode: 0o600 });
}

/** Returns the fingerprint of a key as `SHA256:…`, as ssh-keygen -l prints it. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** Returns the type of a key: the first string of its wire form (RFC 4253, 6.6); `?` where that is no type. */
export function keyType(key: Buffer): string {
  const length = key.length < 4 ? 0 : key.readUInt32BE(0);
  const type = length > longestType ? '' : key.subarray(4, 4 + length).toString('latin1');
  return /^[\w@.+-]+$/.test(type) ? type : '?';
}

/** Most characters of a name (RFC 4251, 6). */
const longestType = 64;

/** Tells whether a line of known_hosts with this name would match that host alone: `*` would match all. */
export function isOneHost(name: string): boolean {
  return name !== '' && !/[*?,\s]|^[!#@|]/.test(name);
}
