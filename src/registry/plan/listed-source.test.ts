import { expect, it } from 'vitest';
import type { ImageSource } from '../source.js';
import { listedSource, listedSources } from './listed-source.js';

/** Makes a source with two tags to a page, and a list of what it is asked. */
function countedSource(more: Partial<ImageSource> = {}) {
  const asked: string[] = [];
  const source: ImageSource = {
    name: 'source',
    head: async () => undefined,
    manifest: async () => undefined,
    blob: () => Promise.reject(new Error('no blob is wanted')),
    tags: async (repository) => {
      asked.push(`tags ${repository}`);
      return ['1', '2', '3'];
    },
    tagsPage: async (repository) => {
      asked.push(`page ${repository}`);
      return { tags: ['1', '2'], complete: false };
    },
    repositories: async () => [],
    referrers: async () => [],
    close: async () => {},
    ...more,
  };
  return { source, asked };
}

it('a repository is listed once, and its first page is all of it from then on', async () => {
  const { source, asked } = countedSource();
  const listed = listedSource(source);
  expect(await listed.tagsPage?.('web')).toEqual({ tags: ['1', '2'], complete: false });
  expect(await Promise.all([listed.tags('web'), listed.tags('web')])).toEqual([
    ['1', '2', '3'],
    ['1', '2', '3'],
  ]);
  expect(await listed.tagsPage?.('web')).toEqual({ tags: ['1', '2', '3'], complete: true });
  expect(await listed.tagsPage?.('db')).toMatchObject({ complete: false });
  expect(asked).toEqual(['page web', 'tags web', 'page db']);
});

it('a listing that failed is asked for again', async () => {
  let fails = true;
  const { source } = countedSource({
    tags: async () => {
      if (fails) throw new Error('not now');
      return ['1'];
    },
  });
  const listed = listedSource(source);
  await expect(listed.tags('web')).rejects.toThrow('not now');
  fails = false;
  expect(await listed.tags('web')).toEqual(['1']);
});

it('each source is one, by whatever name', () => {
  const { source } = countedSource();
  const sourceOf = listedSources(() => source);
  expect(sourceOf('a')).toBe(sourceOf('b'));
});
