import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { currentSecrets } from '../../diagnostics/secrets/session-secrets.js';
import { keepSecrets, secret } from './secret.js';

let count = 0;

/** Returns what output shows of a text that a schema has checked. */
function shownAfter(schema: z.ZodType, makeValue: (text: string) => unknown): string {
  const text = `canary-${++count}-of-secrets`;
  keepSecrets(schema, schema.parse(makeValue(text)));
  return currentSecrets().redact(text);
}

describe('a schema marked as secret', () => {
  it.each<[string, z.ZodType, (text: string) => unknown]>([
    ['itself', secret(z.string()), (text) => text],
    ['described after', secret(z.string()).describe('A password'), (text) => text],
    ['checked after', secret(z.string()).min(3), (text) => text],
    ['refined after', secret(z.string()).refine((text) => text !== ''), (text) => text],
    ['optional', secret(z.string()).optional().describe('x'), (text) => text],
    ['with a default', secret(z.string()).default('none at all'), (text) => text],
    ['made of another with its description', secret(z.string().describe('x').min(1)), (text) => text],
    ['in an object', z.object({ a: z.object({ b: secret(z.string()) }) }), (b) => ({ a: { b } })],
    ['in a list in a record', z.record(z.string(), z.array(secret(z.string()))), (text) => ({ a: ['x', text] })],
    ['in one of several', z.union([z.number(), z.object({ b: secret(z.string()) })]), (b) => ({ b })],
    ['behind a transformation', z.preprocess((value) => value, z.object({ b: secret(z.string()) })), (b) => ({ b })],
    ['around a whole', secret(z.object({ a: z.array(z.string()) })), (text) => ({ a: [text] })],
    ['nullable', secret(z.string()).nullable(), (text) => text],
  ])('%s', (_, schema, makeValue) => {
    expect(shownAfter(schema, makeValue)).toBe('(secret)');
  });

  it('is the marked copy alone, and keeps its description', () => {
    const plain = z.string().describe('A name');
    expect(secret(plain).description).toBe('A name');
    expect(shownAfter(plain, (text) => text)).toContain('canary');
  });
});

it.each([
  ['http://proxy:canary-of-a%40proxy@10.0.0.1:3128', 'canary-of-a@proxy'],
  ['Bearer canary-of-a-bearer', 'canary-of-a-bearer'],
])('what is a secret by itself within %s is one too', (text, part) => {
  keepSecrets(secret(z.string()), text);
  expect(currentSecrets().redact(`with ${part}.`)).toBe('with (secret).');
});

it('a value is a secret for the option that it fits, or for any when it fits none', () => {
  const url = z.union([secret(z.string().regex(/@/)), z.string().min(5)]);
  keepSecrets(url, 'canary-without-account');
  expect(currentSecrets().redact('canary-without-account')).toBe('canary-without-account');
  keepSecrets(z.union([secret(z.string().regex(/@/)), z.number()]), 'canary-that-fits-nothing');
  expect(currentSecrets().redact('canary-that-fits-nothing')).toBe('(secret)');
});
