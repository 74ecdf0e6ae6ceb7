import { expect, test } from 'vitest';
import { z } from 'zod';
import { load } from '../../../test/kit/site-fixture.js';

/** Site whose role counts in the global `looks` how often its variables are checked. */
const site = (tasks: string) => `
import { defineResource, defineSite, sh } from 'registry-provision';
import { z } from 'zod';

globalThis.looks = [];
const seen = defineResource({
  kind: 'seen',
  summary: 'A text that is noted each time it is checked',
  params: z.strictObject({ text: z.string().refine((text) => { globalThis.looks.push(text); return text !== 'bad'; }, { error: 'is bad' }) }),
  create: ({ text }) => ({
    kind: 'seen', id: text, provides: [], needs: [], staging: 'path',
    probe: () => sh\`:\`, parse: () => undefined, plan: () => ({ verdict: 'ok' }),
  }),
});
export default defineSite([{ hosts: 'all', gather_facts: false, resources: [seen], tasks: ${tasks} }]);
`;

async function looksAt(tasks: string, inventory: string) {
  const { told } = await load({ 'inventory.yaml': inventory, 'site.ts': site(tasks) });
  const looks = z.array(z.string()).parse(Reflect.get(globalThis, 'looks'));
  return { told, looks: looks.length, texts: [...new Set(looks)] };
}

const group = (vars: string, hosts: string) => `all: {children: {web: {vars: {${vars}}, hosts: {${hosts}}}}}`;
const three = (of: (n: number) => string) => [1, 2, 3].map((n) => `web${n}: {host: 192.0.2.${n}${of(n)}}`).join(', ');
const text = (of: string) => `[{ seen: { text: '${of}' } }]`;

test('hosts that have the same under all names that are read are checked once', async () => {
  const alone = await looksAt(text('{{of}}'), group('of: a', 'web1: {host: 192.0.2.1}'));
  expect(
    (
      await looksAt(
        text('{{of}}'),
        group(
          'of: a',
          three(() => ''),
        ),
      )
    ).looks,
  ).toBe(alone.looks);
  // What a variable is made of is read as well.
  const made = group(
    'of: "{{inner}}", inner: a',
    three((n) => `, inner: ${n === 3 ? 'b' : 'a'}`),
  );
  expect((await looksAt(text('{{of}}'), made)).texts).toEqual(['a', 'b']);
});

test('hosts that have the same text each for itself are checked once, unless it is wrong', async () => {
  const alone = await looksAt(text('{{of}}'), group('', 'web1: {host: 192.0.2.1, of: a}'));
  const own = (of: string) =>
    looksAt(
      text('{{of}}'),
      group(
        '',
        three(() => `, of: ${of}`),
      ),
    );
  expect((await own('a')).looks).toBe(alone.looks);
  expect((await own('bad')).looks).toBeGreaterThan(alone.looks);
});

test.each([
  [
    'a name of the host itself',
    '{{inventory_hostname}}',
    group(
      '',
      three(() => ''),
    ),
  ],
  [
    'a variable of the host',
    '{{of}}',
    group(
      'of: a',
      three((n) => `, of: a${n}`),
    ),
  ],
  [
    'a variable of another host',
    '{{hostvars.web1.host}}{{inventory_hostname}}',
    group(
      '',
      three(() => ''),
    ),
  ],
  ['a variable that only some have', '{{default of "none"}}', group('', 'web1: {}, web2: {of: x}, web3: {of: y}')],
])('%s makes each a host of its own', async (_, of, inventory) => {
  const { told, texts } = await looksAt(text(of), inventory);
  expect(told).toBe('');
  expect(texts).toHaveLength(3);
});

test('an error of equal hosts is that of all of them', async () => {
  const all = await looksAt(
    text('{{of}}'),
    group(
      'of: bad',
      three(() => ''),
    ),
  );
  expect(all.told).toMatch(/is bad/);
  expect(all.told).not.toMatch(/\(on /);
  const some = group(
    'of: bad',
    three((n) => (n === 2 ? ', of: good' : '')),
  );
  expect((await looksAt(text('{{of}}'), some)).told).toMatch(/\(on web1, web3\)/);
});
