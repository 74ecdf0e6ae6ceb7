import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { checkShape } from './check-shape.js';
import { Diagnostics } from './diagnostic.js';
import { printDiagnostics } from './print.js';
import { parseYaml } from './yaml-file.js';

const schema = z.strictObject({
  name: z.string(),
  state: z.enum(['started', 'stopped']).optional(),
  ports: z.array(z.int().min(1)).optional(),
  mode: z.string({ error: 'must be quoted' }).optional(),
  client: z.union([z.string(), z.strictObject({ host: z.string() })]).optional(),
});

function mistakes(text: string): string {
  const diagnostics = new Diagnostics();
  const source = parseYaml('shape.yaml', text, diagnostics);
  if (source !== undefined) checkShape(schema, source.value, source, [], diagnostics);
  return printDiagnostics(diagnostics.all, { color: false, cwd: process.cwd() })
    .split('\n')
    .filter((line) => line !== '')
    .join('\n');
}

describe('shapes and their mistakes', () => {
  it('names key, place, what was expected and what was found', () => {
    expect(mistakes('nmae: x\nstate: startde\nports: [80, 0, "x"]\nmode: 644\n')).toMatchInlineSnapshot(`
      "shape.yaml:1:1 error this needs "name" (text)
      shape.yaml:1:1 error unknown key "nmae"
        did you mean "name"? expected name, state, ports, mode or client
      shape.yaml:2:8 error state: expected "started" or "stopped", found text "startde"
        did you mean "started"?
      shape.yaml:3:13 error ports[1]: must be at least 1, found number 0
      shape.yaml:3:16 error ports[2]: expected a number, found text "x"
      shape.yaml:4:7 error mode: must be quoted
      6 mistakes; no host was contacted"
    `);
  });

  it('lets the branch of a union speak that the value went into', () => {
    expect(mistakes('name: a\nclient: {hots: b}\n')).toMatchInlineSnapshot(`
      "shape.yaml:2:9 error client needs "host" (text)
      shape.yaml:2:10 error client: unknown key "hots"
        did you mean "host"? expected host
      2 mistakes; no host was contacted"
    `);
    expect(mistakes('name: a\nclient: [b]\n')).toMatchInlineSnapshot(`
      "shape.yaml:2:9 error client: expected text or a map, found a list of 1
      1 mistake; no host was contacted"
    `);
  });

  it('tells of all that is wrong with the YAML itself', () => {
    expect(mistakes('a: 1\na: 2\nb: !secret x\n')).toMatchInlineSnapshot(`
      "shape.yaml:2:1 error YAML: map keys must be unique
        keep one of the two
      shape.yaml:3:4 error YAML: unresolved tag: !secret
        write the value without a tag
      2 mistakes; no host was contacted"
    `);
  });
});
