import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { folderOf } from '../../test/kit/folder-of.js';
import { bySource, refuseToPrune } from './by-source.js';
import { listedBy, refuseForEngine, sentTo } from './listed-images.js';
import { vars } from './vars.js';

/** Reads the images of variables, with a list in a folder. */
function listed(list: string, given: object = {}, file = 'list.yaml') {
  const folder = folderOf({});
  writeFileSync(join(folder, file), list);
  return listedBy(vars.parse({ image_sync_list: file, ...given }), (name) => join(folder, name));
}

const skopeo = `a.example.com:
  images: {team/web: ["1"]}
  credentials: {username: u, password: p}
  tls-verify: false
b.example.com:
  images: {team/api: ["2"]}
`;

it('what a list brings besides images was dropped: accounts, trust, notices', () => {
  const { wanted, credentials, trust, notices } = listed(skopeo);
  expect(wanted).toHaveLength(2);
  expect([...credentials]).toEqual([['a.example.com', { username: 'u', password: 'p' }]]);
  expect([...trust]).toEqual([['a.example.com', { verify: false }]]);
  expect(notices).toHaveLength(2);
});

it('images come from the registries that the list names, else from the upstream', () => {
  const list = listed(skopeo, { image_sync_images: ['team/own:1'] }).wanted;
  const names = (upstream: string | undefined) =>
    [...bySource(upstream, list)].map(([from, entries]) => `${from}: ${entries.map(({ target }) => target).join(' ')}`);
  expect(names('http://b.example.com')).toEqual(['http://b.example.com: team/own team/api', 'a.example.com: team/web']);
  expect(() => bySource(undefined, list)).toThrow(
    'image_sync_upstream is not set, and the list names no registry for team/own',
  );
  expect([...bySource(undefined, list.slice(1)).keys()]).toEqual(['a.example.com', 'b.example.com']);
  expect(() => refuseToPrune(['a', 'b'])).toThrow(/^image_sync_prune: the images come from a and b/);
});

it('a list that sends images to another registry filled image_sync_local', () => {
  const { wanted } = listed('a.example.com/x:1=depot:5000/x\na.example.com/y:1=depot:5000/y\n', {}, 'list.yaml');
  expect(() => sentTo('localhost:5000', wanted)).toThrow(
    'the list sends x and 1 more to depot:5000, and image_sync_local is localhost:5000',
  );
  expect(sentTo('depot:5000', wanted)).toHaveLength(2);
});

it("an engine is not given a list's accounts, and that is said", () => {
  expect(() => refuseForEngine(listed(skopeo))).toThrow(
    /^image_sync_via: engine takes the accounts of the host's engine/,
  );
  expect(() => refuseForEngine(listed('- a:1\n'))).not.toThrow();
});

it('substitutions and a template go to lists of TripleO alone', () => {
  const template = 'container_images_template:\n- {imagename: "{{namespace}}/a:{{tag}}"}\n';
  const set = { namespace: 'q.example.com/n', tag: '1' };
  expect(listed(template, { image_sync_set: set }, 'list.yaml').wanted.map(({ source }) => source)).toEqual([
    'q.example.com',
  ]);
  expect(() => listed('- a:1\n', { image_sync_set: set })).toThrow(/^image_sync_set means nothing here/);
  expect(() => listed('- a:1\n', { image_sync_template: 'list.yaml' })).toThrow(/^image_sync_template means nothing/);
  expect(vars.safeParse({ image_sync_set: { tag: 13 } }).error?.issues[0]?.message).toContain('in quotes');
});

it.each([
  ['a:1/x:1', 'b:1/x:1', true],
  ['a:1/x:1', 'b:1/x:2', false],
  ['a:1/x:1', 'b:1/y:1', false],
  ['a:1/x:1', { name: 'b:1/x', include: '2*' }, true],
  [{ name: 'a:1/x', include: '2*' }, 'b:1/x:1', true],
  [{ name: 'a:1/x', include: '2*' }, 'b:1/y:1', false],
  [{ catalog: true, source: 'a:1' }, 'b:1/x:1', true],
  ['b:1/x:1', { catalog: true, source: 'a:1' }, true],
  [{ catalog: true, source: 'a:1', target: 'm/{repository}' }, 'b:1/x:1', false],
])('two registries cannot fill one name of the target: %j and %j', (one, other, isRefused) => {
  const { image_sync_images: list } = vars.parse({ image_sync_images: [one, other] });
  const divide = () => bySource(undefined, list);
  if (isRefused) expect(divide).toThrow(/ comes from [ab]:1 and from [ab]:1: one would take the place of the other/);
  else expect(divide().size).toBe(2);
});
