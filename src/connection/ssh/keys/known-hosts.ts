import { createHash, createHmac } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { readTextFile } from '../../../diagnostics/read-text.js';
import { starsTest } from '../../../patterns/wildcards.js';

/** A line of a known_hosts file, as sshd(8) describes it. */
export interface KnownHost {
  readonly file: string;
  readonly line: number;
  readonly marker: 'revoked' | 'cert-authority' | undefined;
  readonly patterns: string;
  readonly type: string;
  /** The key in base64. */
  readonly key: string;
}

/** What known_hosts say of a host's key. */
export type KeyVerdict =
  | { readonly verdict: 'known' }
  | { readonly verdict: 'unknown' }
  | { readonly verdict: 'changed' | 'revoked'; readonly entry: KnownHost };

interface ReadFile {
  /** Changes whenever the file does. */
  readonly stamp: string;
  readonly lines: readonly KnownHost[];
}
const alreadyRead = new Map<string, ReadFile>();

/** Reads known_hosts files; those that don't exist are empty. Files that haven't changed are not read again for each host. */
export function readKnownHosts(files: readonly string[]): KnownHost[] {
  return files.flatMap((file) => {
    const stat = statSync(file, { throwIfNoEntry: false, bigint: true });
    if (stat === undefined) return [];
    const stamp = `${stat.dev} ${stat.ino} ${stat.size} ${stat.mtimeNs}`;
    const known = alreadyRead.get(file);
    if (known?.stamp === stamp) return known.lines;
    const lines = readTextFile(file)
      .split('\n')
      .flatMap((line, index) => parseLine(line, file, index + 1));
    alreadyRead.set(file, { stamp, lines });
    return lines;
  });
}

function parseLine(text: string, file: string, line: number): KnownHost[] {
  const words = text.trim().split(/\s+/);
  const marker = words[0]?.startsWith('@') ? words.shift()?.slice(1) : undefined;
  const [patterns, type, key] = words;
  if (patterns === undefined || patterns.startsWith('#') || type === undefined || key === undefined) return [];
  if (marker !== undefined && marker !== 'revoked' && marker !== 'cert-authority') return [];
  return [{ file, line, marker, patterns, type, key }];
}

/** The name under which a host's keys are filed: `[host]:port` for a port of its own. */
export function filedName(host: string, port: number): string {
  return port === 22 ? host : `[${host}]:${port}`;
}

/** Lines that speak of a host, by the name under which it is filed. */
export function entriesFor(known: readonly KnownHost[], filed: string): KnownHost[] {
  const name = filed.toLowerCase();
  return known.filter(({ patterns }) =>
    patterns.startsWith('|1|') ? hashedMatch(patterns, name) : listMatch(patterns, name),
  );
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
  const shown = key.toString('base64');
  const revoked = entries.find((entry) => entry.marker === 'revoked' && entry.key === shown);
  if (revoked !== undefined) return { verdict: 'revoked', entry: revoked };
  const plain = entries.filter((entry) => entry.marker === undefined);
  if (plain.some((entry) => entry.key === shown)) return { verdict: 'known' };
  const sameType = plain.find((entry) => entry.type === keyType(key)) ?? plain[0];
  return sameType === undefined ? { verdict: 'unknown' } : { verdict: 'changed', entry: sameType };
}

/** Signature algorithms to ask a server for, so that it shows a key of a type that is on file; none: any. */
export function algorithmsFor(entries: readonly KnownHost[]): string[] {
  const types = [...new Set(entries.filter((entry) => entry.marker === undefined).map((entry) => entry.type))];
  return types.flatMap((type) => (type === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa'] : [type]));
}

/** Files a new host's key, on a line of its own. */
export function fileKey(file: string, filed: string, key: Buffer): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const torn = /[^\n]$/.test(existsSync(file) ? readTextFile(file) : '');
  const line = `${filed} ${keyType(key)} ${key.toString('base64')}\n`;
  appendFileSync(file, torn ? `\n${line}` : line, { mode: 0o600 });
}

/** `SHA256:…`, as ssh-keygen -l prints it. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** Returns the type of a key: the first string of its wire form (RFC 4253, 6.6); `?` where that is no type. */
export function keyType(key: Buffer): string {
  const length = key.length < 4 ? 0 : key.readUInt32BE(0);
  const type = length > longestType ? '' : key.subarray(4, 4 + length).toString('latin1');
  return /^[\w@.+-]+$/.test(type) ? type : '?';
}

/** RFC 4251, 6: names have at most 64 characters. */
const longestType = 64;

/** Tells whether a line of known_hosts with a name would speak of that host alone: `*` would speak of all. */
export function isOneHost(filed: string): boolean {
  return filed !== '' && !/[*?,\s]|^[!#@|]/.test(filed);
}
