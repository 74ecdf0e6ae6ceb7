import { execa } from 'execa';
import { afterEach, expect, test } from 'vitest';
import { type ScriptedAnswer, type ScriptedRegistry, scriptedRegistry } from '../../test/kit/scripted-registry.js';
import { registry_look } from './registry-look.js';

let server: ScriptedRegistry;
afterEach(() => server.close());

/** Runs the role's look at a registry that answers so, by its script in a real shell. */
async function look(catalog: (url: string) => ScriptedAnswer | undefined) {
  server = await scriptedRegistry((request) => {
    if (request.url === '/v2/') return {};
    if (request.url.startsWith('/v2/_catalog')) return catalog(request.url);
    return { body: '{"name":"x","tags":["1.0","../../prod/app","v2"]}\n' };
  });
  const resource = registry_look.create({ registry: server.host, required: false });
  const host = { root: '', at: (path: string) => path } as Parameters<typeof resource.probe>[0];
  const { stdout, stderr } = await execa('sh', ['-c', resource.probe(host).script], { env: { HOME: '/' } });
  const state = resource.parse({ status: 0, stdout, stderr }, host);
  const plan = resource.plan(state, host);
  if (plan.verdict !== 'ok') throw new Error(JSON.stringify(plan));
  const note = plan.note?.replace(server.host, 'HOST');
  return { note, details: plan.details, asked: server.seen.map(({ url }) => url).filter((url) => url !== '/v2/') };
}

test('names of a catalogue that are none were asked for, and {1..9} as many', async () => {
  const repositories = [
    'team/web',
    '../prod/app',
    'a?x=y',
    'a{b,c}',
    'a[1-9]',
    'a//b',
    '/a',
    'a/',
    '.a',
    'Team/web',
    'a b',
  ];
  const { note, details, asked } = await look(() => ({ body: `${JSON.stringify({ repositories })}\n` }));
  expect(asked).toEqual(['/v2/_catalog?n=500', '/v2/team/web/tags/list']);
  expect(details).toEqual(['team/web:1.0', 'team/web:v2']);
  expect(note).toBe('http://HOST answers, 1 repositories; 10 more left out, as the specification allows no such name');
});

test.each([
  '@169.254.169.254/latest',
  '//elsewhere.example/',
  'http://elsewhere.example/',
  '/other',
  ':80/',
])('a next page at %s was followed', async (link) => {
  const body = '{"repositories":["team/web"]}\n';
  const { note, asked } = await look(() => ({ headers: { link: `<${link}>; rel="next"` }, body }));
  expect(asked).toEqual(['/v2/_catalog?n=500', '/v2/team/web/tags/list']);
  expect(note).toContain('the next page of its catalogue would lead away from it: not followed');
});

test('pages without end come to one', async () => {
  let page = 0;
  const { asked } = await look(() => {
    page += 1;
    return { headers: { link: `</v2/_catalog?page=${page}>; rel="next"` }, body: '{"repositories":[]}\n' };
  });
  expect(asked.length).toBe(200);
}, 240_000); // Two hundred pages are some thousand processes.
