import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Secrets } from '../../diagnostics/secrets/secrets.js';
import { guardOutput, textRedactor } from './redacted-stream.js';

const secrets = new Secrets();
for (const each of [
  'swordfish',
  'sword-dance',
  'danceable',
  'abcd',
  'fishmonger & sons',
  'line one of it\nline two of it',
])
  secrets.add(each);
secrets.add('sword'); // A word that is the beginning of another secret.

describe('a text in chunks', () => {
  const whole = 'a swordfish, sword-danceable, b fishmonger%20%26%20sons, c line one of it\nline two of it, and d';
  const shown = 'a (secret), (secret), b (secret), c (secret), and d';

  it.each(Array.from({ length: whole.length }, (_, index) => index))('has no secret, cut at %i', (at) => {
    const text = textRedactor(secrets);
    expect(text.push(whole.slice(0, at)) + text.push(whole.slice(at)) + text.end()).toBe(shown);
  });

  it('has none a character at a time', () => {
    const text = textRedactor(secrets);
    expect(Array.from(whole, (sign) => text.push(sign)).join('') + text.end()).toBe(shown);
  });
});

describe('a guarded stream', () => {
  const stream = () => {
    const written: string[] = [];
    const write = (chunk: string | Uint8Array, encoding?: unknown, done?: unknown) => {
      written.push(String(chunk));
      for (const each of [encoding, done]) if (typeof each === 'function') each();
      return true;
    };
    return { write, written };
  };

  it('shows whole lines at once, and what may go on a moment later', async () => {
    const out = stream();
    guardOutput(out, secrets);
    out.write('the swordfish\n');
    out.write('Password for s');
    expect(out.written.join('')).toBe('the (secret)\nPassword for ');
    await setTimeout(60);
    expect(out.written.join('')).toBe('the (secret)\nPassword for s');
  });

  it('has no secret that arrives in pieces or as bytes, and calls back when all is out', async () => {
    const out = stream();
    guardOutput(out, secrets);
    out.write('sword');
    out.write(Buffer.from('fish and sw'));
    await new Promise<void>((resolve) => out.write('', () => resolve()));
    expect(out.written.join('')).toBe('(secret) and sw');
  });
});
