import { describe, expect, it } from 'vitest';
import { copyByEngine, failuresIn } from './copy-by-engine.js';
import { imagesOf, prefixed } from './image.js';
import { readAnswers } from './read-answers.js';
import { vars } from './vars.js';

const image = { name: 'team/web', tag: '1', target: 'mirror/web' };
const up = 'up:5000';
const own = 'own:5000';
const bases = 'base up https://up:5000 200\nbase own http://own:5000 200\n';

function standing(answers: string, bodies = '', arch = 'x86_64') {
  const reply = { status: 0, stdout: `${bases}${answers}\n@bodies\n${bodies}`, stderr: '' };
  return readAnswers(reply, [image], up, own, arch).images[0];
}

describe('image-sync', () => {
  it('puts namespace and prefix before names, and takes each image once', () => {
    const list = vars.parse({
      image_sync_images: ['web:1', 'web:1', { name: 'os/api', tag: '2', target: 'x' }, 'plain'],
    });
    expect(imagesOf(prefixed(list.image_sync_images, 'ns', 'p-'))).toEqual([
      { name: 'ns/p-web', tag: '1', target: 'ns/p-web' },
      { name: 'ns/os/p-api', tag: '2', target: 'x' },
      { name: 'ns/p-plain', tag: 'latest', target: 'ns/p-plain' },
    ]);
  });

  it('a target that is called as the source is stays as it is', () => {
    const list = vars.parse({ image_sync_images: [{ name: 'web', tag: '1', target: 'web' }] });
    expect(imagesOf(prefixed(list.image_sync_images, 'ns', ''))).toEqual([{ name: 'ns/web', tag: '1', target: 'web' }]);
  });

  it('an engine brought two images to one name, and the last won', () => {
    const images = (...entries: object[]) => imagesOf(vars.parse({ image_sync_images: entries }).image_sync_images);
    const web = { name: 'web', tag: '1', target: 'x' };
    expect(() => images(web, { name: 'api', tag: '1', target: 'x' })).toThrow('web:1 and api:1 would both become x:1');
    expect(images(web, web, { ...web, tag: '2' })).toHaveLength(2);
  });

  it("takes Docker Hub's address in any form", () => {
    const upstream = (text: string) => vars.parse({ image_sync_upstream: text }).image_sync_upstream;
    expect(upstream('https://index.docker.io/v1/')).toBe('https://docker.io');
    expect(upstream('registry-1.docker.io')).toBe('docker.io');
  });

  it.each([
    ['http://r/web:1'],
    ['Web:1'],
    ['a b'],
    ['web:1:2'],
    [{ name: 'web', tag: '-x' }],
  ])('refuses the image %j', (entry) => {
    expect(vars.safeParse({ image_sync_images: [entry] }).success).toBe(false);
  });

  it('passed over in silence what an engine cannot do: verify more than digests, delete tags', () => {
    const refused = (given: object) =>
      vars.safeParse({ image_sync_via: 'engine', ...given }).error?.issues.map(({ path }) => path.join('.'));
    expect(refused({ image_sync_verify: 'deep' })).toEqual(['image_sync_verify']);
    expect(refused({ image_sync_verify: 'present', image_sync_prune: true })).toEqual([
      'image_sync_verify',
      'image_sync_prune',
    ]);
    expect(refused({})).toBeUndefined();
    expect(refused({ image_sync_verify: 'deep', image_sync_via: 'target' })).toBeUndefined();
    expect(refused({ image_sync_verify: 'deep', image_sync_archive: 'images.tar' })).toBeUndefined();
  });

  it.each([
    ['0 own 200 sha256:a t\n0 up 200 sha256:a t', { is: 'same' }],
    ['0 own 404 - -\n0 up 200 sha256:a t', { is: 'missing' }],
    ['0 own 200 sha256:b t\n0 up 200 sha256:a t', { is: 'different' }],
    ['0 own 200 sha256:b t\n0 up 404 - -', { is: 'unobtainable', why: 'up:5000 does not have it' }],
    ['0 own 500 - -\n0 up 200 sha256:a t', { is: 'unobtainable', why: 'own:5000 answered 500' }],
    // A registry that wants a token of everybody, or a login that the engine may have: no image is missing there.
    ['0 own 404 - -\n0 up 401 - -', { is: 'missing', unasked: 'up:5000 asks for an account (401)' }],
    ['0 own 404 - -\n0 up 403 - -', { is: 'missing', unasked: 'up:5000 asks for an account (403)' }],
    ['0 own 200 sha256:a t\n0 up 401 - -', { is: 'uncompared', unasked: 'up:5000 asks for an account (401)' }],
    ['0 own 401 - -\n0 up 401 - -', { is: 'unobtainable', why: 'own:5000 asks for an account (401)', absent: false }],
  ])('reads %j', (answers, expected) => {
    expect(standing(answers)).toMatchObject(expected);
  });

  const differ = '0 own 200 sha256:b t\n0 up 200 sha256:a t';
  const manifest = (digest: string) => JSON.stringify({ config: { digest } });
  const ours = (body: string) => `${body}\n@body 200 http://own:5000/v2/mirror/web/manifests/1\n`;
  const theirs = (body: string, reference = '1') =>
    `${body}\n@body 200 https://up:5000/v2/team/web/manifests/${reference}\n`;

  it('takes an image that docker packed anew for the same: its configuration has the same digest', () => {
    expect(standing(differ, ours(manifest('sha256:c')) + theirs(manifest('sha256:c')))).toMatchObject({
      is: 'same',
      digest: 'sha256:b',
    });
    expect(standing(differ, ours(manifest('sha256:c')) + theirs(manifest('sha256:d')))).toMatchObject({
      is: 'different',
    });
  });

  it("compares with the host's own platform of an index", () => {
    const platform = (architecture: string, digest: string) => ({ digest, platform: { os: 'linux', architecture } });
    const index = JSON.stringify({ manifests: [platform('arm64', 'sha256:m1'), platform('amd64', 'sha256:m2')] });
    const bodies =
      ours(manifest('sha256:c')) +
      theirs(index) +
      theirs(manifest('sha256:x'), 'sha256:m1') +
      theirs(manifest('sha256:c'), 'sha256:m2');
    expect(standing(differ, bodies)).toMatchObject({ is: 'same' });
    expect(standing(differ, bodies, 'aarch64')).toMatchObject({ is: 'different' });
  });

  it('says which registry is silent, not that all images are missing', () => {
    const reply = {
      status: 0,
      stdout: 'base up https://up:5000 000\nbase own http://own:5000 200\n@bodies\n',
      stderr: '',
    };
    expect(readAnswers(reply, [image], up, own, 'x86_64')).toEqual({
      problem: 'https://up:5000 does not answer',
      images: [],
    });
  });

  it('copies the first image alone, and names what failed', () => {
    const calls = copyByEngine(
      [1, 2, 3, 4].map((tag) => ({ ...image, tag: String(tag) })),
      up,
      own,
    )
      .script.split('\n')
      .slice(-5);
    expect(calls).toMatchInlineSnapshot(`
      [
        "copy mirror/web:1 up:5000/team/web:1 own:5000/mirror/web:1",
        "copy mirror/web:2 up:5000/team/web:2 own:5000/mirror/web:2 &",
        "copy mirror/web:3 up:5000/team/web:3 own:5000/mirror/web:3 &",
        "copy mirror/web:4 up:5000/team/web:4 own:5000/mirror/web:4 & wait",
        "wait",
      ]
    `);
    const reply = { status: 0, stdout: 'pull a:1\nresult ok a:1\nresult failed b:2: manifest unknown\n', stderr: '' };
    expect([...failuresIn(reply)]).toEqual([['b:2', 'manifest unknown']]);
  });
});
