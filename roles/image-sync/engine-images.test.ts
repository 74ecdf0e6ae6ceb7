import { execa } from 'execa';
import { afterEach, expect, test } from 'vitest';
import { type ScriptedRegistry, scriptedRegistry } from '../../test/kit/scripted-registry.js';
import { engine_images } from './engine-images.js';

let servers: ScriptedRegistry[] = [];
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
  servers = [];
});

/** Plans two images by the role's questions in a real shell. @param up @param own status and digest of their HEADs */
async function planOf(up: number, own: readonly (number | string)[]) {
  const images = own.map((_, at) => ({ name: `team/${at}`, tag: '1', target: `team/${at}` }));
  const answer = (status: number) => ({ status, headers: { 'docker-content-digest': 'sha256:a' } });
  const upstream = await scriptedRegistry(({ url }) => answer(url === '/v2/' ? 200 : up));
  const local = await scriptedRegistry(({ url }) => {
    const at = Number(/team\/(\d)/.exec(url)?.[1] ?? -1);
    return answer(at === -1 ? 200 : Number(own[at]));
  });
  servers = [upstream, local];
  const resource = engine_images.create({ upstream: upstream.host, local: local.host, images });
  const host = { root: '', at: (path: string) => path, facts: { arch: 'x86_64' } } as Parameters<
    typeof resource.probe
  >[0];
  const { stdout, stderr } = await execa('sh', ['-c', resource.probe(host).script], { env: { HOME: '/' } });
  const state = resource.parse({ status: 0, stdout, stderr }, host);
  const text = (said: string | undefined) => said?.replaceAll(upstream.host, 'UP').replaceAll(local.host, 'OWN');
  return { plan: resource.plan(state, host), state, text };
}

test.each([401, 403])('an upstream that wants a login (%i) was told as one that lacks all images', async (status) => {
  const { plan, state, text } = await planOf(status, [404, 200]);
  if (plan.verdict !== 'change') throw new Error(JSON.stringify(plan));
  expect(plan.summary).toBe('copied 1 of 2 images: team/0:1');
  expect(plan.uncertain).toBeUndefined();
  const refused = 'result failed team/0:1: unauthorized: authentication required\n';
  expect(text(plan.verify?.(state, { status: 0, stdout: refused, stderr: '' }))).toBe(
    '1 of 2 images failed: team/0:1 (unauthorized: authentication required; log in to UP with the engine)',
  );
});

test('images that are there, and not compared for want of a login, are no failure', async () => {
  const { plan, text } = await planOf(401, [200, 200]);
  if (plan.verdict !== 'ok') throw new Error(JSON.stringify(plan));
  expect(text(plan.note)).toBe(
    '2 images are there, all of them not compared with upstream: UP asks for an account (401)',
  );
});

test.each([
  [404, [404, 404], 'UP does not have it', 'correct the list of images, or push them to that registry'],
  [500, [404, 404], 'UP answered 500', undefined],
  [401, [401, 401], 'OWN asks for an account (401)', undefined],
])('where upstream answers %i and the registry %j, the list is blamed for what it lacks alone', async (up, own, why, hint) => {
  const { plan, text } = await planOf(up, own);
  if (plan.verdict !== 'refused') throw new Error(JSON.stringify(plan));
  expect(text(plan.message)).toBe(`2 of 2 images failed: team/0:1 (${why}); team/1:1 (${why})`);
  expect(plan.hint).toBe(hint);
});
