import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { resourceKinds } from './all.js';
import { removalKinds } from './recorded/recorded-task.js';

describe('every kind of resource', () => {
  it('has a name of its own', () => {
    const names = [...resourceKinds, ...removalKinds].map(({ kind }) => kind);
    expect(new Set(names).size).toBe(names.length);
  });

  it('is in kinds.ts, so that sites and roles have it, or is for records alone', async () => {
    const folder = new URL('./', import.meta.url);
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
      .filter((name) => readFileSync(new URL(name, folder), 'utf8').includes(' = defineResource('));
    const defined = await Promise.all(
      files.map(async (name) => {
        const exports: Record<string, unknown> = await import(new URL(name, folder).href);
        return Object.values(exports).find((each) => typeof each === 'function' && 'kind' in each);
      }),
    );
    const known = [...resourceKinds, ...removalKinds];
    expect(new Set(defined)).toEqual(new Set(known));
    expect(files).toHaveLength(known.length);
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
