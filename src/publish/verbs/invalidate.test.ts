import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestOf, hexOf } from '../../registry/digest.js';
import { forAMinute, forEver } from '../layouts/publication.js';
import { ChangedStore } from '../stores/changed-store.js';
import { folderStore } from '../stores/folder-store.js';
import { invalidate } from './invalidate.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'provision-invalidate-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('what caches may have in another form', () => {
  const put = async (store: ChangedStore, key: string, text: string, cacheControl: string) => {
    const bytes = Buffer.from(text);
    const sha256 = hexOf(digestOf(bytes));
    const object = {
      key,
      size: bytes.length,
      sha256,
      contentType: 'text/plain',
      cacheControl,
      access: 'private',
    } as const;
    await store.put(object, bytes);
  };

  it('is a tag and a list always, and what never changes where it was replaced or deleted', async () => {
    const inner = await folderStore(folder);
    const first = new ChangedStore(inner);
    await put(first, 'a/blobs/1', 'one', forEver);
    await put(first, 'a/blobs/2', 'two', forEver);
    await put(first, 'a/tags/list', '[]', forAMinute);
    expect(first.changed).toEqual(['a/tags/list']);

    const second = new ChangedStore(inner);
    for await (const { key } of second.list('a/')) expect(key).toMatch(/^a\//);
    await put(second, 'a/blobs/1', 'mended', forEver);
    await put(second, 'a/blobs/3', 'three', forEver);
    await second.delete(['a/blobs/2']);
    expect(second.changed).toEqual(['a/blobs/1', 'a/blobs/2']);
  });

  it('is all that a repair stores', async () => {
    const store = new ChangedStore(await folderStore(folder), true);
    await put(store, 'a/blobs/1', 'one', forEver);
    expect(store.changed).toEqual(['a/blobs/1']);
  });
});

describe('the command that is told', () => {
  it('has an address a line, and is not run for nothing', async () => {
    const command = `cat >> ${join(folder, 'told')}`;
    expect(await invalidate({ command, url: 'https://cdn.example.com/', keys: [] })).toBe(0);
    const keys = ['v2/web/tags/list', 'v2/web/manifests/1.0 x'];
    expect(await invalidate({ command, url: 'https://cdn.example.com/', keys })).toBe(2);
    expect(readFileSync(join(folder, 'told'), 'utf8')).toBe(
      'https://cdn.example.com/v2/web/tags/list\nhttps://cdn.example.com/v2/web/manifests/1.0%20x\n',
    );
  });

  it('has paths where nothing says the address', async () => {
    await invalidate({ command: `cat > ${join(folder, 'told')}`, url: undefined, keys: ['v2/'] });
    expect(readFileSync(join(folder, 'told'), 'utf8')).toBe('/v2/\n');
  });

  it('may leave all of its input unread', async () => {
    const keys = Array.from({ length: 20_000 }, (_, at) => `v2/web/manifests/${at}`);
    expect(await invalidate({ command: 'exit 0', url: undefined, keys })).toBe(20_000);
  });

  it.each([
    ['echo no such distribution >&2; exit 3', /caches were not told of it: no such distribution/],
    ['exit 7', /exit status 7/],
    ['no-such-program-here', /not found/],
  ])('%s: it says what went wrong', async (command, said) => {
    await expect(invalidate({ command, url: undefined, keys: ['x'] })).rejects.toThrow(said);
  });
});
