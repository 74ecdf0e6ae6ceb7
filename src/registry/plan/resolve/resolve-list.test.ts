import { expect, it } from 'vitest';
import { readText } from '../../../../test/kit/lists/read-text.js';
import { openScripted } from '../../../../test/kit/open-scripted.js';
import type { RegistryError } from '../../registry-error.js';
import { sourceNameOf, targetNameOf } from '../wanted-image.js';
import { resolveList } from './resolve-list.js';

/** Resolves lists against a registry with `team/web` and `team/api`, whose catalogue is refused. */
async function resolve(...texts: string[]) {
  const { registry } = await openScripted(({ url }) => {
    if (url.startsWith('/v2/team/web/tags/list')) return { body: { tags: ['1.3', '1.4', '2.0'] } };
    if (url.startsWith('/v2/team/api/tags/list')) return { body: { tags: ['1.0.0', '2.0.0'] } };
    return url.startsWith('/v2/_catalog') ? { status: 401 } : undefined;
  });
  const lists = await Promise.all(texts.map((text) => readText(text)));
  expect(lists.map(({ errors }) => errors).join('')).toBe('');
  const wanted = lists.flatMap(({ list }) => list?.wanted ?? []);
  const { images, unmatched } = await resolveList(wanted, { sourceOf: () => registry, attachments: 'all' });
  return {
    images: images.map((image) => `${sourceNameOf(image)} -> ${image.targetRegistry ?? ''}/${targetNameOf(image)}`),
    attachments: images.map(({ attachments }) => attachments),
    unmatched: unmatched.map(({ name, error }) => `${name}: ${error.message.replaceAll(registry.host, 'HOST')}`),
  };
}

it.each([
  ['a name twice in a text', ['team/web:1.4\nteam/web:1.4\n']],
  ['a name in two lists', ['- team/web:1.4\n', '- team/web:1.4\n']],
  ['a name and one with its registry', ['- team/web:1.4\n- registry.example.com/team/web:1.4\n']],
  ['a tag and a pattern that covers it', ['- team/web:1.4\n- {name: team/web, include: "1.4*"}\n']],
  [
    'platforms in two orders',
    [
      '- {name: team/web, tag: "1.4", platforms: [linux/amd64, linux/arm64]}\n- {name: team/web, tag: "1.4", platforms: [linux/arm64, linux/amd64]}\n',
    ],
  ],
  [
    'what skopeo is told by name and by version',
    ['registry.example.com:\n  images: {team/api: ["2.0.0"]}\n  images-by-semver: {team/api: ">= 2.0.0"}\n'],
  ],
])('an image that was listed twice was a collision: %s', async (_, texts) => {
  const { images } = await resolve(...texts);
  expect(images).toHaveLength(1);
});

it('an image that is listed twice has its attachments where one entry wants them', async () => {
  const one = '{name: team/web, tag: "1.4", attachments: none}';
  expect((await resolve(`- ${one}\n- team/web:1.4\n`)).attachments).toEqual(['all']);
  expect((await resolve(`- ${one}\n- ${one}\n`)).attachments).toEqual(['none']);
});

it.each([
  [
    '- {name: team/web, tag: "1.3", target: x, target_tag: a}\n- {name: team/web, tag: "1.4", target: x, target_tag: a}\n',
  ],
  ['- {name: team/web, tag: "1.4"}\n- {name: team/web, tag: "1.4", platforms: linux/amd64}\n'],
  ['- {name: team/web, tag: a, target: x}\n- {name: team/api, tag: a, target: "depot.example.com/x"}\n'],
])('different origins of one name are a collision: %j', async (text) => {
  const error = await resolve(text).catch((error: RegistryError) => error);
  expect(error).toMatchObject({ kind: 'input', message: expect.stringContaining('would both become') });
  expect(String(error)).toMatch(/\(images.yaml:1\) and .*\(images.yaml:2\)/);
});

it('one name at two registries is no collision', async () => {
  const { images } = await resolve('a.example.com/x:1: [b.example.com/x, c.example.com/x]\n');
  expect(images).toEqual(['x:1 -> b.example.com/x:1', 'x:1 -> c.example.com/x:1']);
});

it('a repository that could not be listed stopped all others', async () => {
  const text =
    '- team/web:1.4\n- {name: team/none, include: "*", target: mirror/none}\n- {catalog: true, target: "m/{repository}"}\n';
  const { images, unmatched } = await resolve(text);
  expect(images).toEqual(['team/web:1.4 -> /team/web:1.4']);
  expect(unmatched).toEqual([
    'mirror/none:*: could not list the tags of HOST/team/none: there is no such repository',
    'm/*: could not list the repositories of HOST: 401',
  ]);
});

it('where nothing could be listed as the source does not answer, that is the error', async () => {
  const { registry, server } = await openScripted(() => undefined);
  await server.close();
  const { list } = await readText('- {name: team/web, include: "*"}\n');
  const options = { sourceOf: () => registry, attachments: 'all' as const };
  await expect(resolveList(list?.wanted ?? [], options)).rejects.toMatchObject({ kind: 'unreachable' });
});
