import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { SearchBackend } from '../../src/publish/crane/search/backend.js';
import { gsaSearch } from '../../src/publish/crane/search/gsa.js';
import { ownIndex } from '../../src/publish/crane/search/own-index.js';
import { solrSearch } from '../../src/publish/crane/search/solr.js';
import { redirectFiles, startCrane } from './crane-kit.js';

let server: Server;
let url: string;
let asked: string[] = [];
let answer: { status?: number; body?: string; isSilent?: boolean };

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (answer.isSilent) return;
    response.writeHead(answer.status ?? 200).end(answer.body ?? '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function search(backend: SearchBackend, query: string, given: typeof answer = {}) {
  asked = [];
  answer = given;
  const crane = await startCrane(redirectFiles, { search: backend });
  try {
    const { status, body } = await crane.ask(`/v1/search?q=${encodeURIComponent(query)}`);
    expect(crane.errors).toEqual([]);
    return status === 200 ? JSON.parse(body) : `${status} ${body}`;
  } finally {
    await crane.close();
  }
}

const result = (name: string, more: object = {}) => ({
  name,
  description: '',
  is_trusted: false,
  is_official: false,
  star_count: 0,
  should_filter: true,
  ...more,
});

it('the own index finds names of what the visitor may read', async () => {
  expect(await search(ownIndex(), 'REDHAT')).toEqual({
    query: 'REDHAT',
    num_results: 2,
    results: [result('redhat/foo'), result('redhat/zoo')],
  });
});

it('Solr is asked by its template, and its kinds of documents are told apart', async () => {
  const docs = [
    { documentKind: 'ImageRepository', allTitle: 'redhat/foo', ir_description: 'Foo', ir_automated: true, ir_stars: 7 },
    { documentKind: 'ImageRepository', allTitle: 'redhat/secret' },
    { documentKind: 'ImageRepository', allTitle: 'redhat/none' },
    {
      documentKind: 'CertifiedSoftware',
      allTitle: 'x',
      c_pull_command: ['docker pull isv.example.com/a', 'docker pull b'],
    },
    { documentKind: 'CertifiedSoftware', allTitle: 'none to pull' },
    { documentKind: 'Other', allTitle: 'some page', publishedAbstract: 'A page', ir_official: true },
  ];
  const body = JSON.stringify({ response: { docs } });
  expect(await search(solrSearch(`${url}/solr?q={0}&rows=9`), 'a b&c', { body })).toEqual({
    query: 'a b&c',
    num_results: 4,
    results: [
      result('redhat/foo', { description: 'Foo', is_trusted: true, star_count: 7 }),
      result('isv.example.com/a', { description: null, should_filter: false }),
      result('b', { description: null, should_filter: false }),
      result('some page', { description: 'A page', is_official: true, should_filter: false }),
    ],
  });
  expect(asked).toEqual(['/solr?q=a%20b%26c&rows=9']);
});

it('a Google Search Appliance is asked, and answers in XML', async () => {
  const mt = (name: string, value: string) => `<MT N="${name}" V="${value}"/>`;
  const body = `<?xml version="1.0" encoding="UTF-8"?><GSP VER="3.2"><TM>0.1</TM><RES SN="1" EN="3">
    <R N="1">${mt('portal_name', 'redhat/foo')}${mt('portal_short_description', 'Foo &amp; more')}${mt('other', 'x')}</R>
    <R N="2">${mt('portal_name', 'redhat/none')}</R>
    <R N="3">${mt('portal_short_description', 'no name')}</R></RES></GSP>`;
  expect(await search(gsaSearch(`${url}/search?site=a&q=old`), 'foo bar', { body })).toEqual({
    query: 'foo bar',
    num_results: 1,
    results: [result('redhat/foo', { description: 'Foo & more' })],
  });
  expect(asked).toEqual(['/search?site=a&q=foo+bar']);
  expect(await search(gsaSearch(url), 'none', { body: '<GSP VER="3.2"><Q>none</Q></GSP>' })).toMatchObject({
    results: [],
  });
});

it('a backend that fails is told by the status that Crane gave it', async () => {
  const solr = solrSearch(`${url}/{0}`);
  expect(await search(solr, 'a', { status: 500 })).toBe('503 Service Unavailable');
  expect(await search(solr, 'a', { status: 204 })).toBe('502 Bad Gateway');
  expect(await search(solr, 'a', { body: '{"response":' })).toBe('502 error communicating with backend search service');
  expect(await search(solr, 'a', { body: '{"response":{}}' })).toBe(
    '502 error communicating with backend search service',
  );
  expect(await search(solr, 'a', { isSilent: true })).toBe('504 Gateway Timeout');
  expect(await search(solrSearch('http://127.0.0.1:1/{0}'), 'a')).toBe('503 Service Unavailable');
  const unreadable = '502 error communicating with backend search service';
  for (const body of [
    '<GSP><RES>',
    'text',
    '',
    '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    '<G><RES><R><MT N="portal_name"/></R></RES></G>',
  ]) {
    expect(await search(gsaSearch(url), 'a', { body }), body).toBe(unreadable);
  }
});
