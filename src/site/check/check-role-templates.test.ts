import { expect, test } from 'vitest';
import { load } from '../../../test/kit/site-fixture.js';

const site = (tasks: string, when = '') => `
import { defineRole, defineSite, file, template, use } from 'registry-provision';
import { z } from 'zod';

const ord = defineRole({
  name: 'ord',
  summary: 'A role with a template',
  vars: z.object({ ord_name: z.string().default('a'), ord_note: z.string().optional() }),
  tasks: ({ vars, facts }) => [file({ path: '/etc/ord.first', content: 'a' }), ${tasks}],
});
export default defineSite([{ hosts: 'all', roles: [use(ord, {}, { ${when} })] }]);
`;
const told = async (template: string, tasks = "template({ src: 'ord.hbs', dest: '/etc/ord', data: vars })") =>
  load({ 'inventory.yaml': 'all: {hosts: {web1: {}}}', 'site.ts': site(tasks), 'templates/ord.hbs': template });

test('a template of a role with a name that it is not given was found only after hosts were changed', async () => {
  expect((await told('a\nname={{inventory_hostname}}\n')).told).toMatchInlineSnapshot(
    `"templates/ord.hbs:2:8: inventory_hostname is not defined: the role ord does not give it to template /etc/ord (a template of a role has the names of its \`data\`, and no others)"`,
  );
  expect((await told('{{ord_nmae}}')).told).toMatchInlineSnapshot(
    `"templates/ord.hbs:1:3: ord_nmae is not defined: the role ord does not give it to template /etc/ord (did you mean ord_name? a template of a role has the names of its \`data\`, and no others)"`,
  );
  expect((await told('{{#if ord_name}}\n{{ord_name}\n{{/if}}')).told).toMatchInlineSnapshot(
    `"templates/ord.hbs:2:1: \`{{ord_name} {{/if}}\` is not a Handlebars expression"`,
  );
});

test('what may differ on the host is not judged before it is asked', async () => {
  const later = [
    "template({ src: 'ord.hbs', dest: '/a', data: { ...vars, ord_note: facts.addresses[7] } })",
    "...(facts.os_family === 'debian' ? [] : [template({ src: 'ord.hbs', dest: '/a', data: {} })])",
    "template({ src: `${facts.os_id}.hbs`, dest: '/a', data: {} })",
  ];
  for (const tasks of later) expect((await told('{{ord_note}}', tasks)).told, tasks).toBe('');
  expect(
    (
      await told(
        '{{#if tls}}{{ord_cert}}{{/if}}{{#if (defined ord_x)}}{{ord_x}}{{/if}}',
        "template({ src: 'ord.hbs', dest: '/a', data: { tls: false } })",
      )
    ).told,
  ).toBe('');
});

test('a role that is for some hosts may have templates of what those have', async () => {
  const given = "template({ src: 'ord.hbs', dest: '/etc/ord', data: vars })";
  const files = { 'inventory.yaml': 'all: {hosts: {web1: {}}}', 'templates/ord.hbs': '{{ord_note}}' };
  const loaded = (when: string) => load({ ...files, 'site.ts': site(given, when) });
  expect((await loaded('')).told).toContain('ord_note is not defined');
  expect((await loaded("when: 'defined ord_note'")).told).toBe('');
});
