import { expect, it } from 'vitest';
import { tagPairs } from './ask-heads.js';
import { atRegistries, imagesParams } from './images-params.js';

const list = ['nginx:1', 'docker.io/nginx:2', { name: 'nginx', tag: '3', target: 'nginx' }];

it.each([
  'docker.io',
  'https://index.docker.io/v1/',
  'registry-1.docker.io',
])('images from %s were looked for without library/', (from) => {
  const params = atRegistries(imagesParams.parse({ from, to: 'localhost:5000', list }));
  expect(tagPairs(params.list)?.map(({ from, to }) => `${from} ${to}`)).toEqual([
    '/v2/library/nginx/manifests/1 /v2/library/nginx/manifests/1',
    '/v2/library/nginx/manifests/2 /v2/library/nginx/manifests/2',
    '/v2/library/nginx/manifests/3 /v2/nginx/manifests/3',
  ]);
});

it('a registry in a target was dropped without a word', () => {
  const parse = (target: string) =>
    imagesParams.safeParse({ from: 'a:1', to: 'http://depot:5000', list: [{ name: 'x', target }] });
  expect(parse('depot:5000/x').success).toBe(true);
  expect(parse('other:5000/x').error?.issues.map(({ message }) => message)).toEqual([
    'the list sends x to other:5000, and to is depot:5000: take other:5000/ out of it, or give `to` that name',
  ]);
});

it.each(['https://depot:5000/path', 'depot/v1', 'a b', 'user@depot'])('%s is no registry', (to) => {
  expect(imagesParams.safeParse({ from: 'a:1', to }).success).toBe(false);
});

it('an image that two lists name is looked for once, and two for one name are left to the controller', () => {
  const pairs = (...list: object[]) => tagPairs(imagesParams.parse({ from: 'a:1', to: 'b:1', list }).list);
  const web = { name: 'web', tag: '1' };
  expect(pairs(web, web)).toHaveLength(1);
  expect(pairs(web, { name: 'api', tag: '1', target: 'web' })).toBeUndefined();
  expect(pairs({ ...web, immutable: '*' })).toBeUndefined();
});
