import { expect, it } from 'vitest';
import { inShort, readText } from '../../../test/kit/lists/read-text.js';

it("reads image-syncer's rules", async () => {
  const text = `quay.io/coreos/etcd: depot:5000/etcd
quay.io:443/coreos/etcd:v3.4,v3.5:
- depot:5000/etcd
- other:5000/etcd
registry.example.com/team/web:/^v1/: depot:5000/web
registry.example.com/team/db:1: depot:5000/db:stable
registry.example.com/team/x@sha256:${'0'.repeat(64)}: depot:5000/x
`;
  const { list, errors } = await readText(text);
  expect(errors).toBe('');
  expect(inShort(list)).toMatchInlineSnapshot(`
    "1: quay.io/coreos/etcd -> depot:5000/etcd | allow * deny  semver - latest -
    3: quay.io:443/coreos/etcd -> depot:5000/etcd | :v3.4 | :v3.5
    4: quay.io:443/coreos/etcd -> other:5000/etcd | :v3.4 | :v3.5
    5: registry.example.com/team/web -> depot:5000/web | allow /^v1/search deny  semver - latest -
    6: registry.example.com/team/db -> depot:5000/db | :1=>stable
    7: registry.example.com/team/x -> depot:5000/x | @sha256:000000…"
  `);
});

it('says which rules are none', async () => {
  const text = `quay.io/a:1,2: depot/b:3
quay.io/A:1: depot/a
quay.io/a:/(/: depot/a
quay.io/b: [depot/B]
quay.io/d:-,1: depot/d
quay.io/c: 5
`;
  expect((await readText(text.replace(/.*5\n$/, ''))).errors).toMatchInlineSnapshot(`
    "1:16 "quay.io/a:1,2: depot/b:3" is no rule: it has a tag, and this entry may be several images
    2:14 "quay.io/A:1: depot/a" is no rule: not an image: repositories are written in small letters: a
    3:16 "quay.io/a:/(/: depot/a" is no rule: not a regular expression: a ( is never closed
    4:13 "quay.io/b: depot/B" is no rule: not a repository: repositories are written in small letters: depot/b
    5:16 "quay.io/d:-,1: depot/d" is no rule: "-" is not a tag"
  `);
  expect((await readText(text)).errors).toMatchInlineSnapshot(
    `"6:12 quay.io/c: expected text or a list, found number 5"`,
  );
});

it("a rule of image-syncer's that names no registry came from nowhere", async () => {
  const text = 'nginx:1: depot.example.com/nginx\nnginx: [depot.example.com/all]\ntools/x: depot.example.com/x\n';
  const { list, errors } = await readText(text);
  expect(errors).toBe('');
  expect(inShort(list)).toMatchInlineSnapshot(`
    "1: docker.io/library/nginx -> depot.example.com/nginx | :1
    2: docker.io/library/nginx -> depot.example.com/all | allow * deny  semver - latest -
    3: docker.io/tools/x -> depot.example.com/x | allow * deny  semver - latest -"
  `);
  expect((await readText('nginx: depot.example.com/nginx\n')).errors).toBe('');
});

it('tags of a target, one for each of the source, and its digest were no rule', async () => {
  const text = `quay.io/a:1,2: depot.example.com/b:x,y
quay.io/a@sha256:${'0'.repeat(64)}: depot.example.com/b@sha256:${'0'.repeat(64)}
`;
  const { list, errors } = await readText(text);
  expect(errors).toBe('');
  expect(inShort(list)).toMatchInlineSnapshot(`
    "1: quay.io/a -> depot.example.com/b | :1=>x | :2=>y
    2: quay.io/a -> depot.example.com/b | @sha256:000000…"
  `);
  const wrong = `quay.io/a:1,2: depot.example.com/b:x,-
quay.io/a@sha256:${'0'.repeat(64)}: depot.example.com/b@sha256:${'1'.repeat(64)}
`;
  expect((await readText(wrong)).errors.replaceAll(/\d{64}/g, 'HEX')).toMatchInlineSnapshot(`
    "1:16 "quay.io/a:1,2: depot.example.com/b:x,-" is no rule: not an image: "-" is not a tag (letters, digits, "_", ".", "-", at most 128)
    2:84 "quay.io/a@sha256:HEX: depot.example.com/b@sha256:HEX" is no rule: a target has no digest: that is decided by the image"
  `);
});

it('the older file of image-syncer, with accounts in it, was taken for a list of ours', async () => {
  const text = (password: string) => `auth:
  quay.io: {username: u, password: p, insecure: true}
  quay.io/team: {username: jo, password: "${password}"}
  index.docker.io: {username: hub, password: q}
images:
  quay.io/team/a:1: depot.example.com/a
`;
  const { list, errors } = await readText(text('s$1'));
  expect(errors).toBe('');
  expect(inShort(list)).toBe('6: quay.io/team/a -> depot.example.com/a | :1');
  expect([...(list?.credentials ?? [])]).toEqual([
    ['quay.io', { username: 'u', password: 'p' }],
    ['quay.io/team', { username: 'jo', password: 's$1' }],
    ['docker.io', { username: 'hub', password: 'q' }],
  ]);
  expect([...(list?.trust ?? [])]).toEqual([['quay.io', { scheme: 'http' }]]);
  const wrong = 'auth: {quay.io: {user: u}}\nimages: {quay.io/a: b.example.com/a}\n';
  expect((await readText(wrong)).errors).toContain('auth.quay.io: unknown key "user"');
});

it.each(['$HOME', '${HOME}'])('a variable of the environment goes to no registry: %s', async (text) => {
  const list = `auth: {quay.io: {username: u, password: "${text}"}}\nimages: {quay.io/a: b.example.com/a}\n`;
  expect((await readText(list, { env: { HOME: '/home' } })).errors).toContain(
    'are not read for a list of image-syncer',
  );
});
