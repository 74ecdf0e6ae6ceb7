import { expect, test } from 'vitest';
import { FormerLines } from '../../report/former-lines.js';
import { formsOf } from './secret-forms.js';
import { maskSecretValues } from './secret-names.js';
import { Secrets } from './secrets.js';

/** Returns the steps that a text takes. */
function stepsFor(text: string, hidden: readonly string[]): number {
  const secrets = new Secrets();
  for (const each of hidden) secrets.add(each);
  const before = secrets.steps;
  secrets.redact(text);
  return secrets.steps - before;
}

test.each([
  ['of one sign', 'a'.repeat(100_000), ['a'.repeat(5000)]],
  ['that nearly is a secret, again and again', 'abababac'.repeat(12_000), [`${'ab'.repeat(2000)}x`]],
  ['with many secrets that begin alike', 'password-'.repeat(10_000), names(1000, 'password-')],
  ['without any', '0123456789 '.repeat(9000), names(1000, 'token ')],
  ['of many cut-off secrets', 'swordfish-and-… '.repeat(6000), ['swordfish-and-more']],
])('a long line %s takes a few steps a character', (_, text, hidden) => {
  expect(stepsFor(text, hidden)).toBeLessThanOrEqual(3 * text.length);
});

test('secrets that are learnt one by one between lines cost little more than all at once', () => {
  const secrets = new Secrets();
  const line = `${'x'.repeat(100)}\n`;
  let before = 0;
  for (const each of names(500, 'token-')) {
    secrets.add(each);
    before = secrets.steps;
    secrets.redact(line);
  }
  // The secrets are in some finders of very different sizes, not in 500.
  expect(secrets.steps - before).toBeLessThanOrEqual(12 * line.length);
});

test('a difference of many lines with secrets takes a few steps a character', () => {
  const count = 3000;
  const former = new FormerLines();
  for (let at = 0; at < count; at += 1) former.add(`user${at}=`, `; # ${at}`);
  let length = 0;
  for (let at = 0; at < count; at += 1) {
    const line = `user${at}=old${at}; # ${at}`;
    length += line.length;
    expect(former.find(line)).toEqual({ start: `user${at}=`, end: `; # ${at}` });
  }
  expect(former.find('user1=old; # 2')).toBeUndefined();
  expect(former.steps).toBeLessThanOrEqual(3 * length);
});

test('a former line is known by its beginning and its end, which do not overlap', () => {
  const former = new FormerLines();
  former.add('a=', '=b');
  former.add('', '');
  expect(former.find('a=b')).toEqual({ start: '', end: '' });
  expect(former.find('a==b')).toEqual({ start: 'a=', end: '=b' });
  expect(new FormerLines().find('anything')).toBeUndefined();
});

/** Counts how often expressions are tried on a line, and at how many places. */
function matchesFor(line: string): number {
  const { exec } = RegExp.prototype;
  let count = 0;
  RegExp.prototype.exec = function (text) {
    count += 1;
    return exec.call(this, text);
  };
  try {
    maskSecretValues(line);
  } finally {
    RegExp.prototype.exec = exec;
  }
  return count;
}

test.each([
  ['without blanks', 'b'.repeat(200_000), 10],
  ['of names of secrets', 'token'.repeat(40_000), 10],
  ['of values', 'token=a, '.repeat(10_000), 30],
  ['of words', 'b '.repeat(1000), 5000],
])('a line %s is matched a few times', (_, line, most) => {
  expect(matchesFor(line)).toBeLessThanOrEqual(most);
});

/** Finds secrets as they are defined: each form at each place. */
function redactPlainly(text: string, hidden: readonly string[]): string {
  const covered = Array.from({ length: text.length }, () => 0);
  let span = 0;
  const spans: [number, number][] = [];
  for (const form of hidden.flatMap((each) => [...formsOf(each)])) {
    for (let at = 0; at < text.length; at += 1) {
      let length = 0;
      while (length < form.length && form[length] === text[at + length]) length += 1;
      const rest = text.slice(at + length);
      const isWhole = length === form.length && (length >= 6 || isWord(text, at, at + length));
      if (isWhole || (length >= 8 && (rest.startsWith('…') || rest.startsWith('...')))) spans.push([at, at + length]);
    }
  }
  spans.sort(([a], [b]) => a - b);
  let end = -1;
  for (const [from, to] of spans) {
    if (from >= end) span += 1;
    end = Math.max(end, to);
    for (let at = from; at < to; at += 1) covered[at] = span;
  }
  return [...text]
    .map((sign, at) => (covered[at] === 0 ? sign : covered[at] === covered[at - 1] ? '' : '(secret)'))
    .join('');
}

function isWord(text: string, start: number, end: number): boolean {
  return !/[\p{L}\p{N}]/u.test(text.charAt(start - 1)) && !/[\p{L}\p{N}]/u.test(text.charAt(end));
}

test('what is hidden is what is found by looking for each secret at each place', () => {
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  const word = (length: number) => Array.from({ length }, () => 'ab -'.charAt(random(4))).join('');
  for (let round = 0; round < 300; round += 1) {
    const hidden = Array.from({ length: 1 + random(4) }, () => word(4 + random(12)));
    const parts = Array.from({ length: 12 }, () =>
      random(2) === 0
        ? word(random(9))
        : `${hidden[random(hidden.length)]?.slice(0, 4 + random(12))}${['', '…', '...'][random(3)]}`,
    );
    const text = parts.join('');
    const secrets = new Secrets();
    for (const each of hidden) {
      secrets.add(each);
      if (random(2) === 0) secrets.redact(text);
    }
    expect(secrets.redact(text), JSON.stringify({ hidden, text })).toBe(redactPlainly(text, hidden));
  }
});

function names(count: number, start: string): string[] {
  return Array.from({ length: count }, (_, at) => `${start}${at}-swordfish`);
}
