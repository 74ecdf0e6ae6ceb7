import { expect, test } from 'vitest';
import { FakeHost, runOver } from '../../test/kit/fake-host.js';
import { load } from '../../test/kit/site-fixture.js';

const site = (members: string) => `
import { defineResource, defineSite, sh } from 'registry-provision';
import { z } from 'zod';

const magic = defineResource({
  kind: 'magic',
  summary: 'A resource with a mistake',
  params: z.strictObject({ name: z.string() }),
  create: ({ name }) => ({
    kind: 'magic', id: name, provides: [], needs: [], staging: 'path',
    probe: () => sh\`true\`,
    parse: () => ({}),
    plan: () => ({ verdict: 'ok' }),
    ${members}
  }),
});

export default defineSite([{ hosts: 'all', resources: [magic], tasks: [{ name: 'wand', magic: { name: 'x' } }] }]);
`;

const change = (apply: string) => `plan: () => ({ verdict: 'change', summary: 'does it', apply: ${apply} }),`;

test('a resource that answers wrongly is named with its kind, id and file, in check mode as well', async () => {
  const told: string[] = [];
  for (const members of [
    change('{ script: sh`true` }'),
    change("{ via: 'sh', script: 'true' }"),
    change("{ via: 'controller' }"),
    change('undefined'),
    'plan: () => {},',
    'plan: async () => ({ verdict: "ok" }),',
    "plan: () => ({ verdict: 'fine' }),",
    "plan: () => ({ verdict: 'refused' }),",
    "probe: () => 'true',",
    'plan: (state) => state.size.bytes,',
    'parse: () => JSON.parse(undefined.text),',
  ]) {
    const { plays, told: wrong } = await load({
      'inventory.yaml': 'all: {hosts: {web1: {}}}',
      'site.ts': site(members),
    });
    expect(wrong).toBe('');
    for (const check of [false, true]) {
      const { ends } = await runOver({ web1: new FakeHost() }, plays, { check });
      const [end] = ends;
      expect(end).toMatchObject({ task: 'wand', outcome: 'failed' });
      if (check) expect(end?.place?.file).toMatch(/site\.ts$/);
      else
        told.push(
          `${end?.summary.replace(/\/\S*\/(?=site\.ts)/, '')}${end?.hint === undefined ? '' : ` (${end.hint})`}`,
        );
    }
  }
  expect(told.join('\n')).toMatchInlineSnapshot(`
    "the resource magic x, defined at site.ts:5: plan returned a change whose apply has nothing as its via (write apply: { via: "sh", script: sh\`…\` }; other values of via are upload and controller)
    the resource magic x, defined at site.ts:5: plan returned a change whose apply has the text "true" as its script (write apply: { via: "sh", script: sh\`…\` }; other values of via are upload and controller)
    the resource magic x, defined at site.ts:5: plan returned a change whose apply has nothing as its run (write apply: { via: "sh", script: sh\`…\` }; other values of via are upload and controller)
    the resource magic x, defined at site.ts:5: plan returned a change with nothing as its apply (write apply: { via: "sh", script: sh\`…\` }; other values of via are upload and controller)
    the resource magic x, defined at site.ts:5: plan returned nothing (return { verdict: 'ok' }, or one of ok, kept, refused, change with its parts)
    the resource magic x, defined at site.ts:5: plan returned a promise (return { verdict: 'ok' }, or one of ok, kept, refused, change with its parts)
    the resource magic x, defined at site.ts:5: plan returned the verdict the text "fine" (return { verdict: 'ok' }, or one of ok, kept, refused, change with its parts)
    the resource magic x, defined at site.ts:5: plan returned the verdict refused with nothing as its message (add message, a text)
    the resource magic x, defined at site.ts:5: probe returned the text "true" (return sh\`…\`, a script that prints the state)
    the resource magic x, defined at site.ts:5: plan failed: Cannot read properties of undefined (reading 'bytes')
    the resource magic x, defined at site.ts:5: parse failed: Cannot read properties of undefined (reading 'text')"
  `);
});
