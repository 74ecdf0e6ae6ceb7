import { expect, it, onTestFinished } from 'vitest';
import { folderOf } from '../../../test/kit/folder-of.js';
import { readText } from '../../../test/kit/lists/read-text.js';
import { openScripted } from '../../../test/kit/open-scripted.js';
import { amd64, arm64, pushImage, pushIndex } from '../../../test/registry/admin/push-image.js';
import { openRegistry } from '../client/open.js';
import { syncImages } from '../copy/sync-images.js';
import { serveRegistry } from '../server/serve.js';
import { resolveList } from './resolve/resolve-list.js';

/** An embedded registry, and what its client says. */
async function registry() {
  const server = await serveRegistry({ dir: folderOf({}), delete: true });
  const notices: string[] = [];
  const client = openRegistry({
    host: server.host,
    notice: (line) => void notices.push(line.replace(server.host, 'HOST')),
  });
  onTestFinished(async () => {
    await client.close();
    await server.close();
  });
  return { host: server.host, client, notices };
}

async function wantedOf(text: string) {
  const { list, errors } = await readText(text);
  expect(errors).toBe('');
  return list?.wanted ?? [];
}

it('takes the tags whose images were made last, in two requests a tag and three an index', async () => {
  const { client, notices } = await registry();
  await pushImage(client, 'a', ['v9'], { content: '1', created: '2024-01-01T00:00:00Z' });
  await pushImage(client, 'a', ['v1', 'stable'], { content: '2', created: '2026-01-01T00:00:00+02:00' });
  await pushImage(client, 'a', ['v2'], { content: '3' });
  await pushImage(client, 'a', ['v3'], { content: '4', created: '1970-01-01T00:00:00Z' });
  await pushIndex(
    client,
    'a',
    ['nightly'],
    [
      { platform: amd64, content: '5', created: '2025-06-01T00:00:00Z' },
      { platform: arm64, content: '6', created: '2025-06-02T00:00:00Z' },
    ],
  );
  const newest = async (choice: string) => {
    const wanted = await wantedOf(`- {name: a, ${choice}}\n`);
    const { images, unmatched } = await resolveList(wanted, { sourceOf: () => client, attachments: 'none' });
    expect(unmatched).toEqual([]);
    return images.map(({ tag }) => tag);
  };
  expect(await newest('newest: 3')).toEqual(['nightly', 'stable', 'v1']);
  expect(await newest('include: "v*", newest: 1')).toEqual(['v1']);
  expect(await newest('include: "v*", newest: 3')).toEqual(['v1', 'v3', 'v9']);
  expect(notices[0]).toBe('HOST/a: newest reads the dates of 6 tags, two or three requests each');
  const before = client.traffic.requests;
  expect(await newest('newest: 1')).toHaveLength(1);
  expect(client.traffic.requests - before).toBe(1 + 6 + 4 + 2);
  const unneeded = client.traffic.requests;
  expect(await newest('newest: 6')).toHaveLength(6);
  expect(client.traffic.requests - unneeded).toBe(1);
});

it('newest of very many tags is refused before any of them is read', async () => {
  const tags = Array.from({ length: 501 }, (_, at) => `t${at}`);
  const { registry: source, requests } = await openScripted(() => ({ body: { tags } }));
  const wanted = await wantedOf('- {name: a, newest: 2}\n');
  const { unmatched } = await resolveList(wanted, { sourceOf: () => source, attachments: 'none' });
  expect(unmatched.map(({ error }) => error.message.replace(source.host, 'HOST'))).toEqual([
    'HOST/a: newest would read the dates of 501 tags, more than 500',
  ]);
  expect(requests()).toHaveLength(1);
});

it('newest and latest cannot both choose', async () => {
  expect((await readText('- {name: a, newest: 1, latest: 1}\n')).errors).toContain(
    'give latest (by version) or newest (by date), not both',
  );
});

it('a tag that never moves costs one HEAD at the target, and nothing at the source', async () => {
  const [from, to] = await Promise.all([registry(), registry()]);
  await pushImage(from.client, 'a', ['v1', 'v2', 'edge'], { content: '1' });
  const sync = async () => {
    const wanted = await wantedOf('- {name: a, tags: [v1, v2], immutable: "v*"}\n');
    const [source, target] = [from.client.traffic.requests, to.client.traffic.requests];
    const [outcome] = await syncImages({ wanted, sourceOf: () => from.client, targets: [to.client] });
    return {
      states: outcome?.report.images.map(({ name, state }) => `${name} ${state}`),
      source: from.client.traffic.requests - source,
      target: to.client.traffic.requests - target,
    };
  };
  expect((await sync()).states).toEqual(['a:v1 copied', 'a:v2 copied']);
  expect(await sync()).toEqual({ states: ['a:v1 unchanged', 'a:v2 unchanged'], source: 0, target: 2 });
  await pushImage(from.client, 'a', ['v2'], { content: 'moved all the same' });
  expect(await sync()).toEqual({ states: ['a:v1 unchanged', 'a:v2 unchanged'], source: 0, target: 2 });
});

it('a tag that is not named by the pattern is looked for as ever', async () => {
  const [from, to] = await Promise.all([registry(), registry()]);
  await pushImage(from.client, 'a', ['v1', 'edge'], { content: '1' });
  const wanted = await wantedOf('- {name: a, include: "*", immutable: ["v*"]}\n');
  const { images } = await resolveList(wanted, { sourceOf: () => from.client, attachments: 'none' });
  expect(images.map(({ tag, isImmutable }) => [tag, isImmutable])).toEqual([
    ['edge', undefined],
    ['v1', true],
  ]);
  expect(await to.client.repositories()).toEqual([]);
});

it('an image that goes to none of the targets is an error of the caller, not nothing to do', async () => {
  const [from, to] = await Promise.all([registry(), registry()]);
  const wanted = await wantedOf('- {name: a, tag: "1", target: "elsewhere:5000/a"}\n');
  await expect(syncImages({ wanted, sourceOf: () => from.client, targets: [to.client] })).rejects.toMatchObject({
    kind: 'input',
    message: 'a:1 goes to elsewhere:5000, which is no target of this sync',
  });
});
