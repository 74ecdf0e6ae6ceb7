import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Diagnostics } from '../diagnostic.js';
import { parseYaml } from '../yaml/yaml-file.js';
import { checkShape } from './check-shape.js';

function errorsOf(schema: z.ZodType, text: string): string {
  const diagnostics = new Diagnostics();
  const source = parseYaml('site.yaml', text, diagnostics);
  if (source !== undefined) checkShape(schema, source.value, source, [], diagnostics);
  return diagnostics.all
    .map(({ place, message, hint }) => `${place?.line}:${place?.column} ${message}${hint ? ` (${hint})` : ''}`)
    .join('\n');
}

describe('shapes and their errors', () => {
  it('names key, place, what was expected and what was found', () => {
    const schema = z.strictObject({
      name: z.string(),
      state: z.enum(['started', 'stopped']).optional(),
      kind: z.enum(['a', 'b']),
      ports: z.array(z.int().min(1)).optional(),
      mode: z.string({ error: 'must be quoted' }).optional(),
    });
    expect(errorsOf(schema, 'nmae: x\nstate: startde\nports: [80, 0, "8"]\nmode: 644\n')).toMatchInlineSnapshot(`
      "1:1 this needs "name" (text)
      2:8 state: expected "started" or "stopped", found text "startde" (did you mean "started"?)
      1:1 this needs "kind" ("a" or "b")
      3:13 ports[1]: must be at least 1, found number 0
      3:16 ports[2]: expected a number, found text "8" (take the quotes off)
      4:7 mode: must be quoted
      1:1 unknown key "nmae" (did you mean "name"? expected name, state, kind, ports or mode)"
    `);
  });

  it('says what is usually meant by a value of the wrong type', () => {
    const schema = z.strictObject({ on: z.boolean(), off: z.boolean(), text: z.string(), list: z.array(z.string()) });
    expect(errorsOf(schema, 'on: yes\noff: no\ntext: 12\nlist: abc\n')).toMatchInlineSnapshot(`
      "1:5 on: expected true or false, found text "yes" (write true: in YAML 1.2, yes and on are text)
      2:6 off: expected true or false, found text "no" (write false: in YAML 1.2, no and off are text)
      3:7 text: expected text, found number 12 (put it in quotes)
      4:7 list: expected a list, found text "abc" (write a list: [abc])"
    `);
    expect(errorsOf(schema, '- 1\n')).toMatchInlineSnapshot(`"1:1 expected a map, found a list of 1"`);
    expect(errorsOf(schema, 'text:\n')).toContain('1:6 text: expected text, found nothing (null)');
  });

  it('words formats, bounds and checks of its own', () => {
    const schema = z.strictObject({
      path: z.string().startsWith('/'),
      url: z.url(),
      name: z.string().min(1),
      pair: z.array(z.string()).length(2),
      share: z.number().gt(0).multipleOf(5),
      own: z.string().refine((word) => word === 'q', 'must be q'),
      labels: z.record(z.string().regex(/^[a-z]+$/), z.string()),
    });
    const text = 'path: a\nurl: nope\nname: ""\npair: []\nshare: 0\nown: z\nlabels: {A1: x}\n';
    expect(errorsOf(schema, text)).toMatchInlineSnapshot(`
      "1:7 path: must start with "/", found text "a"
      2:6 url: expected a URL, found text "nope"
      3:7 name: must not be empty, found text ""
      4:7 pair: must have exactly 2 entries, found an empty list
      5:8 share: must be above 0, found number 0
      6:6 own: must be q, found text "z"
      7:10 labels: "A1" cannot be a key: must match pattern /^[a-z]+$/"
    `);
  });

  it('does not show what a password is', () => {
    const schema = z.strictObject({ registry_password: z.string() });
    expect(errorsOf(schema, 'registry_password: 1234\n')).toMatchInlineSnapshot(
      `"1:20 registry_password: expected text, found something else (put it in quotes)"`,
    );
  });
});

describe('unions and their errors', () => {
  const client = z.union([z.string(), z.strictObject({ host: z.string() })]);

  it('lets the branch speak that the value went into', () => {
    expect(errorsOf(client, '{hots: b}\n')).toMatchInlineSnapshot(`
      "1:1 this needs "host" (text)
      1:2 unknown key "hots" (did you mean "host"? expected host)"
    `);
  });

  it('names all the types and words when none was', () => {
    expect(errorsOf(client, '[b]\n')).toMatchInlineSnapshot(`"1:1 expected text or a map, found a list of 1"`);
    const words = z.union([z.boolean(), z.enum(['auto', 'never']), z.null()]);
    expect(errorsOf(words, 'atuo\n')).toMatchInlineSnapshot(
      `"1:1 expected true or false, nothing, "auto" or "never", found text "atuo" (did you mean "auto"?)"`,
    );
  });

  it('names the kinds that a discriminator may have', () => {
    const kinds = z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('mirror') }),
      z.strictObject({ kind: z.literal('proxy'), url: z.string() }),
    ]);
    expect(errorsOf(kinds, 'kind: mirrow\n')).toMatchInlineSnapshot(
      `"1:7 kind: expected "mirror" or "proxy", found text "mirrow" (did you mean "mirror"?)"`,
    );
    expect(errorsOf(kinds, 'knd: proxy\n')).toMatchInlineSnapshot(`"1:1 this needs "kind""`);
    expect(errorsOf(kinds, 'kind: proxy\nurll: x\n')).toContain('2:1 unknown key "urll" (did you mean "url"?');
  });
});
