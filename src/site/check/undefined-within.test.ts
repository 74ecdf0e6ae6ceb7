import { expect, test } from 'vitest';
import { z } from 'zod';
import { load } from '../../../test/kit/site-fixture.js';
import { Later } from '../../vars/template/template-value.js';
import { packageRoles } from '../modules/catalog.js';
import { fitSchema } from './fit-schema.js';

const later = new Later('a fact');

test('an undefined name within a variable of a role gave a second error, about a key "reason"', async () => {
  const { told } = await load({
    'inventory.yaml': 'all: {hosts: {web1: {}}}',
    'site.ts': `
import { defineRole, defineSite, use } from 'registry-provision';
import { z } from 'zod';

const served = z.strictObject({ cdn: z.strictObject({ url: z.string() }).optional() }).default({});
const ord = defineRole({ name: 'ord', summary: 'A role', vars: z.object({ ord_served: served }), tasks: () => [] });
export default defineSite([{ hosts: 'all', roles: [use(ord, {})] }]);
`,
    'group_vars/all.yaml': 'ord_served: { cdn: { url: "{{ undefined_name }}" } }',
  });
  expect(told).toMatchInlineSnapshot(
    `"group_vars/all.yaml:1:13: undefined_name is not defined, in the value of ord_served"`,
  );
});

test('what is not known yet is no error in any variable of any role', async () => {
  const roles = packageRoles();
  for (const name of roles.names()) {
    const role = await roles.load(name);
    for (const variable of Object.keys(role?.vars.shape ?? {})) {
      for (const value of [later, [later], { name: later }, [{ name: later }]]) {
        const checked = role === undefined ? undefined : fitSchema(role.vars, { [variable]: value });
        const messages = checked?.kind === 'wrong' ? checked.issues.map(({ message }) => message) : [];
        expect([variable, messages.filter((message) => message.includes('reason'))]).toEqual([variable, []]);
        if (value === later) expect([variable, checked?.kind]).toEqual([variable, 'later']);
      }
    }
  }
});

test.each<[string, z.ZodType, unknown]>([
  ['an object', z.strictObject({ a: z.string() }), later],
  ['an object in an object', z.strictObject({ a: z.strictObject({ b: z.string() }).optional() }), { a: later }],
  ['an entry of a list', z.array(z.strictObject({ a: z.string() })), [{ a: 'x' }, later]],
  ['one of two', z.union([z.strictObject({ a: z.string() }), z.strictObject({ b: z.string() })]), later],
  ['a part of one of two', z.union([z.string(), z.strictObject({ b: z.strictObject({}) })]), { b: later }],
])('what is not known yet has no unknown key: %s', (_what, schema, value) => {
  expect(fitSchema(schema, value)).toEqual({ kind: 'later' });
});

test('an unknown key beside what is not known yet is an error', () => {
  const schema = z.strictObject({ a: z.strictObject({}) });
  expect(fitSchema(schema, { a: later, reason: 1 })).toMatchObject({
    kind: 'wrong',
    issues: [{ code: 'unrecognized_keys', keys: ['reason'] }],
  });
});
