import { expect, test } from 'vitest';
import { FakeHost, runOver } from '../../test/kit/fake-host.js';
import { load } from '../../test/kit/site-fixture.js';

/** A site whose own resource takes an expression, and the name of a variable, and renders both itself. */
const site = (tasks: string) => `
import { defineResource, defineSite, sh } from 'registry-provision';
import { z } from 'zod';

const bound = defineResource({
  kind: 'bound',
  summary: 'A variable that must satisfy a condition',
  params: z.strictObject({ of: z.number(), while: z.boolean(), note: z.string().optional() }),
  render: ({ of, while: condition, ...others }, to) => {
    if (of === 'broken') throw new Error('this is not for sale');
    return {
      ...Object(to.value(others)),
      of: to.variable(String(of), ['of']),
      while: to.condition(String(condition), ['while']),
    };
  },
  create: (params) => ({
    kind: 'bound',
    id: String(params.of),
    provides: [],
    needs: [],
    staging: 'path',
    probe: () => sh\`:\`,
    parse: () => undefined,
    plan: () =>
      params.while
        ? { verdict: 'ok', note: \`\${params.of} \${params.note ?? ''}\` }
        : { verdict: 'refused', message: \`\${params.of} is out of bounds\` },
  }),
});

export default defineSite([
  { hosts: 'all', gather_facts: false, resources: [bound], tasks: ${tasks} },
]);
`;
const inventory = 'all: {hosts: {web1: {size: 8, secret_name: x}}}';

test('a resource of the site renders its parameters itself, also those that are known late', async () => {
  const tasks = `[
    { name: 'fits', bound: { of: 'size', while: 'lt size 10', note: 'of {{inventory_hostname}}' }, register: 'asked' },
    { name: 'late', bound: { of: 'size', while: 'asked.failed' } },
  ]`;
  const { told, plays } = await load({ 'inventory.yaml': inventory, 'site.ts': site(tasks) });
  expect(told).toBe('');
  const { lines } = await runOver({ web1: new FakeHost() }, plays);
  expect(lines).toEqual(['web1 fits: ok 8 of web1', 'web1 late: failed 8 is out of bounds']);
});

test('errors in what it renders are reported at their places, before any host is asked', async () => {
  const tasks = `[
    { bound: { of: 'size', while: 'lt sice 10' } },
    { bound: { of: 'size', while: 'size < 10' } },
    { bound: { of: 'nothing', while: true } },
    { bound: { of: 'secret_name', while: true } },
    { bound: { of: 'broken', while: true } },
    { bound: { of: 'size', while: 'true ', note: '{{nobody}}' } },
  ]`;
  const { told } = await load({ 'inventory.yaml': inventory, 'site.ts': site(tasks) });
  expect(told).toMatchInlineSnapshot(`
    "site.ts:33:60: bound: this is not for sale
    site.ts:34:39: sice is not defined (did you mean size?)
    site.ts:35:36: \`size < 10\` is not a Handlebars expression (write it as lt size 10)
    site.ts:36:21: bound: this needs "of" (a number)
    site.ts:37:21: bound: of: expected a number, found text "x"
    site.ts:39:53: nobody is not defined"
  `);
});
