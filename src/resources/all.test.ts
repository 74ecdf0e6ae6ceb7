import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { resourceKinds } from './all.js';

describe('every kind of resource', () => {
  it('has a name of its own', () => {
    const names = resourceKinds.map(({ kind }) => kind);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(
    resourceKinds.map((kind) => [kind.kind, kind] as const),
  )('%s describes its parameters and takes no other', (_, { params }) => {
    const schema = z.toJSONSchema(params, { io: 'input', unrepresentable: 'any' });
    expect(schema.additionalProperties).toBe(false);
    for (const [name, property] of Object.entries(schema.properties ?? {})) {
      expect([name, typeof property === 'object' && property.description]).toEqual([name, expect.any(String)]);
    }
  });
});
