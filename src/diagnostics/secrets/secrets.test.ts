import { describe, expect, it } from 'vitest';
import { Secrets } from './secrets.js';

function without(secret: string, text: string): string {
  const secrets = new Secrets();
  secrets.add(secret);
  return secrets.redact(text);
}

const hard = `pä"ss 'w$rd\\+/%&`;

describe('a text without secrets', () => {
  it.each([
    ['as it is', hard],
    ['in base64', Buffer.from(hard).toString('base64')],
    ['in base64 of URLs', Buffer.from(hard).toString('base64url')],
    ['in a URL', encodeURIComponent(hard)],
    ['in a URL with small digits', encodeURIComponent(hard).replace(/%../g, (code) => code.toLowerCase())],
    ['in a form', new URLSearchParams({ p: hard }).toString().slice(2)],
    ['in JSON', JSON.stringify(hard).slice(1, -1)],
    ['in JSON in JSON', JSON.stringify(JSON.stringify(hard)).slice(3, -3)],
    ['in JSON of ASCII alone', JSON.stringify(hard).slice(1, -1).replace('ä', '\\u00e4')],
    ['in single quotes of a shell', hard.replaceAll("'", `'\\''`)],
    ['in double quotes of a shell', hard.replace(/[\\"$`]/g, '\\$&')],
    ['escaped for a shell', hard.replace(/[^\w@%+=:,./-]/g, '\\$&')],
  ])('has none %s', (_, form) => {
    expect(without(hard, `before ${form} after`)).toBe('before (secret) after');
  });

  it.each(['', 'u', 'us', 'user', 'someone:with:colons'])('has none in base64 behind %j', (before) => {
    const encoded = Buffer.from(`${before}:swordfish-17:tail`).toString('base64');
    const shown = without('swordfish-17', `Authorization: Basic ${encoded}`);
    expect(shown).toContain('(secret)');
    const parts = shown.replace('Authorization: Basic ', '').split('(secret)');
    for (const part of parts) {
      for (const cut of [0, 1, 2, 3])
        expect(Buffer.from(part.slice(cut), 'base64').toString()).not.toMatch(/sword|fish-|h-17/);
    }
  });

  it.each([
    ['swordfish', 'xswordfishy', 'x(secret)y'],
    ['test', 'latest test, test2 (test)', 'latest (secret), test2 ((secret))'],
    ['abc', 'abc abc', 'abc abc'],
    ['true', 'true', 'true'],
    ['5432', 'port 5432, digest a54321', 'port (secret), digest a54321'],
    ['swordfish\n', 'a swordfish\nb', 'a (secret)b'],
    ['  swordfish  ', 'a swordfish b', 'a (secret) b'],
    ['swordfish-and-more', 'text "swordfish…"', 'text "(secret)…"'],
    ['swordfish-and-more', 'swordfish alone', 'swordfish alone'],
    ['swordfish', 'SWORDFISH', 'SWORDFISH'],
  ])('%j: %j is %j', (secret, text, shown) => {
    expect(without(secret, text)).toBe(shown);
  });

  it('has no line of a secret of several, but what all such have', () => {
    const key = '-----BEGIN KEY-----\nAAAABBBBCCCC\n  DDDDEEEEFFFF\nshort\n-----END KEY-----\n';
    expect(without(key, `+ DDDDEEEEFFFF\n+ -----END KEY-----\nshort`)).toBe('+ (secret)\n+ -----END KEY-----\nshort');
    expect(without(key, JSON.stringify(key))).toBe('"(secret)"');
  });

  it('has no part of secrets that overlap, or hold each other', () => {
    const secrets = new Secrets();
    for (const each of ['swordfish', 'fishmonger', 'sword']) secrets.add(each);
    expect(secrets.redact('swordfishmonger sword swordfish')).toBe('(secret) (secret) (secret)');
  });

  it('is the text itself where nothing is secret', () => {
    expect(new Secrets().redact('anything')).toBe('anything');
  });
});

describe('names that are shown', () => {
  const secrets = new Secrets();
  for (const each of ['web1', 'registry', 'swordfish']) secrets.add(each);
  const isSecret = secrets.show(['web1', 'web10', 'registry-east', 'install the registry', 'a']);

  it('are told where they are secrets', () => {
    expect(isSecret).toEqual(['web1']);
  });

  it.each([
    ['web1 : ok=1', 'web1 : ok=1'],
    ['web1-db', '(secret)-db'],
    ['web10, web1', 'web10, web1'],
    ['registry-east: registry', 'registry-east: (secret)'],
    ['task install the registry: registry updated', 'task install the registry: (secret) updated'],
    ['swordfish on web1', '(secret) on web1'],
    [JSON.stringify({ host: 'web1', password: 'swordfish' }), '{"host":"web1","password":"(secret)"}'],
  ])('stay in %j', (text, shown) => {
    expect(secrets.redact(text)).toBe(shown);
  });

  it('stay in output that comes in pieces', () => {
    expect(secrets.safeLength('on web1')).toBe(7);
  });
});
