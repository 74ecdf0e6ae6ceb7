import { readdirSync, utimesSync } from 'node:fs';
import { expect, test } from 'vitest';
import { serveEachTest } from '../../../../test/kit/served-folder.js';
import { amd64, arm64, pushImage, pushIndex } from '../../../../test/registry/admin/push-image.js';
import { Repository } from '../../../../test/registry/conformance/repository.js';
import { planRetention } from '../../admin/retention-plan.js';
import { type OpenedRegistry, openRegistry } from '../../client/open.js';
import { globPattern } from '../../lists/pattern.js';
import type { CollectedGarbage } from './collect.js';
import { globProblem } from './retain.js';

const served = serveEachTest({ gcGrace: 100 });

async function gc(wishes: object): Promise<CollectedGarbage> {
  const headers = { 'Content-Type': 'application/json' };
  const ask = { body: JSON.stringify(wishes), headers };
  const reply = await new Repository(served.server.url, 'x').ask('POST', '/_provision/gc', ask);
  const { report, errors } = JSON.parse(reply.body.toString()) as {
    report?: CollectedGarbage;
    errors?: readonly { message: string }[];
  };
  if (report === undefined) throw new Error(errors?.[0]?.message);
  return report;
}

function age(): void {
  const then = Date.now() / 1000 - 3600;
  for (const entry of readdirSync(served.folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) utimesSync(`${entry.parentPath}/${entry.name}`, then, then);
  }
}

const month = (number: number) => `2026-${String(number).padStart(2, '0')}-01T00:00:00Z`;
const signature = (digest: string) => `${digest.replace(':', '-')}.sig`;

async function fill(registry: OpenedRegistry): Promise<void> {
  for (const number of [1, 2, 3, 4]) {
    const tags = number === 4 ? ['4', 'latest'] : [String(number)];
    await pushImage(registry, 'a/b', tags, { content: `app ${number}`, created: month(number) });
  }
  await pushImage(registry, 'a/b', ['undated'], { content: 'undated', created: '1970-01-01T00:00:00Z' });
  const platforms = [amd64, arm64].map((platform) => ({ content: platform.architecture, created: month(1), platform }));
  const { index } = await pushIndex(registry, 'a/b', ['multi'], platforms);
  await pushImage(registry, 'a/b', [signature(index.digest)], { content: 'signature', created: month(9) });
}

test.each([
  { newest: 1 },
  { newest: 2, keep: ['[12]'] },
  { deny: ['[1-3]', 'm*'], keep: ['2'] },
  { keep: ['?', 'latest'] },
  { youngerThan: 3600 },
  { youngerThan: 36_000 * 86_400, deny: ['multi'] },
])('the server deletes the tags that `registry retain` would: %o', async (rules) => {
  const registry = openRegistry({ host: served.server.host });
  await fill(registry);
  const patterns = (globs: readonly string[] = []) => {
    return globs.map((glob) => {
      const pattern = globPattern(glob);
      return 'error' in pattern ? expect.fail(pattern.error) : pattern;
    });
  };
  const { keep, deny, newest, youngerThan } = { newest: undefined, youngerThan: undefined, ...rules } as {
    keep?: string[];
    deny?: string[];
    newest: number | undefined;
    youngerThan: number | undefined;
  };
  const plan = await planRetention(registry, 'a/b', {
    newest,
    youngerThan,
    keep: patterns(keep),
    deny: patterns(deny),
  });
  age();
  const tried = await gc({ dryRun: true, retain: rules });
  const shown = ({ repositories: [first] }: CollectedGarbage) => first?.tags.map(({ tag, why }) => [tag, why]).sort();
  expect(shown(tried)).toEqual(plan.remove.map(({ tag, why }) => [tag, why]).sort());
  expect(await registry.tags('a/b')).toHaveLength(plan.keep.length + plan.remove.length);
  const done = await gc({ retain: rules });
  expect({ ...done, applied: false, began: '', seconds: 0 }).toEqual({
    ...tried,
    applied: false,
    began: '',
    seconds: 0,
  });
  expect(await registry.tags('a/b')).toEqual(plan.keep.map(({ tag }) => tag).sort());
  expect([...(done.repositories[0]?.manifests ?? [])].sort()).toEqual([...plan.manifests].sort());
  for (const digest of plan.manifests) expect(await registry.head('a/b', digest)).toBeUndefined();
  for (const { tag } of plan.keep) expect(await registry.head('a/b', tag)).toBeDefined();
  await registry.close();
});

test('tags of which none would be left stay, and one that was just pushed', async () => {
  const registry = openRegistry({ host: served.server.host });
  await pushImage(registry, 'old', ['1', '2'], { content: 'old', created: month(1) });
  const { digest } = await pushImage(registry, 'lively', ['stays'], { content: 'lively', created: month(2) });
  await pushImage(registry, 'lively', ['again'], { content: 'pushed again', created: month(1) });
  age();
  await pushImage(registry, 'lively', ['again'], { content: 'pushed again', created: month(1) });
  const retain = { keep: ['stays'] };
  const { repositories } = await gc({ retain });
  expect(repositories).toEqual([{ name: 'old', tags: [], manifests: [], links: 0, skipped: 'no tag would be left' }]);
  expect(await registry.tags('lively')).toEqual(['again', 'stays']);
  expect(await gc({ retain: { ...retain, allowEmpty: true } })).toMatchObject({ tags: 2, manifests: 1 });
  expect(await registry.tags('old')).toEqual([]);
  expect((await registry.head('lively', 'stays'))?.digest).toBe(digest);
  await registry.close();
});

test('rules that are none are refused', async () => {
  const refused = (retain: unknown, why: string) => expect(gc({ retain })).rejects.toThrow(why);
  await refused({}, 'retain has no rule: give newest, youngerThan, keep or deny');
  await refused({ newest: 0 }, 'retain.newest must be a number from 1');
  await refused({ keep: 'x' }, 'retain.keep and retain.deny must be lists of texts');
  await refused({ keepall: true }, 'retain has "keepall", which is unknown');
  await refused({ deny: ['/v.*/'] }, '"/v.*/" is an expression: only globs are taken here');
  expect([globProblem(''), globProblem('a{b,c}'), globProblem('[^a]'), globProblem('v[0-9]*-?[!a]')]).toEqual([
    'must have 1 to 256 characters',
    ...Array.from({ length: 2 }, () => 'may have *, ?, [a-z] and [!a-z]'),
    undefined,
  ]);
});
