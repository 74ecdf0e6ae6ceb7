import { Command } from 'commander';
import { expect, it } from 'vitest';
import { addPublishAction } from './publish.js';
import { readListRequest } from './publish-list-request.js';
import { type PublishFlags, readPublishRequest } from './publish-request.js';

const flags = addPublishAction(new Command('publish'), () => {}).opts<PublishFlags>();
const read = (words: readonly string[], more: Partial<PublishFlags> = {}) =>
  readPublishRequest(words, { ...flags, ...more });

it('a command beside it has options of its own', async () => {
  let endpoint: string | undefined;
  const command = addPublishAction(new Command('publish'), () => {});
  command
    .command('serve')
    .option('--endpoint <address>')
    .action((options) => {
      endpoint = options.endpoint;
    });
  await command.parseAsync(['serve', '--endpoint', 'not checked here'], { from: 'user' });
  expect(endpoint).toBe('not checked here');
});

it('a bucket is a word, or what --to says', () => {
  expect(read(['acme.bucket', 'acme-app', 'a.tar'])).toMatchObject({
    target: { kind: 'bucket', bucket: 'acme.bucket', prefix: '' },
    app: 'acme-app',
    name: 'acme-app',
    source: 'a.tar',
  });
  expect(read(['app', 'a.tar'], { to: 's3://b-1/x/y/' }).target).toEqual({
    kind: 'bucket',
    bucket: 'b-1',
    prefix: 'x/y',
  });
  expect(read(['app', 'a.tar'], { to: 'folder' }).target).toEqual({ kind: 'folder', path: 'folder' });
  expect(read(['b-1', 'app', 'a.tar'], { mask: ['a,b', 'c\nd'] }).mask).toEqual(new Set(['a', 'b', 'c', 'd']));
});

it('a list is published to a bucket or a place, with a namespace or without', () => {
  const readList = (words: readonly string[], more: Partial<PublishFlags> = {}) =>
    readListRequest(words, { ...flags, list: ['a.txt'], ...more });
  expect(readList(['b-1'])).toMatchObject({ target: { bucket: 'b-1' }, namespace: undefined, lists: ['a.txt'] });
  expect(readList(['b-1', 'acme'])).toMatchObject({ target: { bucket: 'b-1' }, namespace: 'acme' });
  expect(readList(['acme'], { to: 'folder' })).toMatchObject({ target: { path: 'folder' }, namespace: 'acme' });
  expect(() => readList([])).toThrow('0 words do not say where');
  expect(() => readList(['acme', 'x'], { to: 'folder' })).toThrow('2 words do not say where');
  expect(() => readList(['b-1'], { repository: 'x' })).toThrow('--repository is for one repository');
});

it('a redirect file is named, or is in a folder', () => {
  expect(read(['b-1', 'team/web', 'a.tar'], { redirects: 'data' }).redirectFile).toBe('data/team-web.json');
  expect(read(['b-1', 'team/web', 'a.tar'], { redirectFile: 'x.json' }).redirectFile).toBe('x.json');
});

it.each<[readonly string[], Partial<PublishFlags>, string]>([
  [[], {}, '0 words do not say'],
  [['app', 'a.tar'], {}, '2 words do not say'],
  [['b-1', 'app', 'a.tar'], { to: 'folder' }, '3 words do not say'],
  [['app', 'a.tar'], { to: '' }, 'neither s3://BUCKET nor a folder'],
  [['app', 'a.tar'], { to: 'gs://x' }, 'neither s3://BUCKET nor a folder'],
  [['app', 'a.tar'], { to: 's3://' }, "can't be the name of a bucket"],
  [['app', 'a.tar'], { to: 'folder', publicPolicy: true }, '--public-policy means nothing for a folder'],
  [['app', 'a.tar'], { to: 'folder', endpoint: 'http://x' }, '--endpoint means nothing for a folder'],
  [['b-1', 'app', 'a.tar'], { public: true, publicPolicy: true }, 'do the same in two ways'],
  [['b-1', 'app', 'a.tar'], { redirects: 'x', redirectFile: 'y' }, 'both say where'],
  [['b-1', 'app', 'a.tar'], { from: 'x' }, '--from is for lists'],
  [['b-1', 'app', 'a.tar'], { tag: ['/(/'] }, '--tag "/(/"'],
  [['b-1', '../app', 'a.tar'], {}, "can't be the name of an application"],
])('%j with %j is refused', (words, more, message) => {
  expect(() => read(words, more)).toThrow(
    expect.objectContaining({ kind: 'input', message: expect.stringContaining(message) }),
  );
});
