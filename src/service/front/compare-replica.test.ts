import { describe, expect, it } from 'vitest';
import { compareReplica, type WrittenTag } from './compare-replica.js';

const digest = (text: string) => `sha256:${text.repeat(64).slice(0, 64)}` as const;
const written = (count: number) =>
  new Map([
    [
      'team/app',
      new Map(
        Array.from({ length: count }, (_, at): [string, WrittenTag] => [
          `${at}`,
          { digest: digest('a'), pushedAt: at },
        ]),
      ),
    ],
  ]);

/** Replica that has these tags, each with one image, and counts what it is asked. */
function replica(tags: readonly string[], other: readonly string[] = []) {
  const asked: string[] = [];
  return {
    asked,
    repositories: async () => ['team/app'],
    tags: async () => [...tags],
    head: async (_repository: string, tag: string) => {
      asked.push(tag);
      const found = digest(other.includes(tag) ? 'b' : 'a');
      return { digest: found, mediaType: 'application/vnd.oci.image.manifest.v1+json', size: 1 };
    },
  };
}
const names = (count: number) => Array.from({ length: count }, (_, at) => `${at}`);

describe('a look at a replica', () => {
  it('asks for so many tags at most, and for all of them in some turns', async () => {
    const found = replica(names(10), ['7']);
    const bounds = { listings: 10, heads: 4 };
    const looks: Awaited<ReturnType<typeof compareReplica>>[] = [];
    for (const turn of [0, 1, 2]) {
      found.asked.length = 0;
      looks.push(await compareReplica(found, written(10), { bounds, turn, doubtful: new Set() }));
      expect(found.asked.length).toBeLessThanOrEqual(4);
    }
    expect(looks.map(({ isComplete }) => isComplete)).toEqual([false, false, false]);
    expect(looks.map(({ differences }) => differences.map(({ tag, problem }) => `${tag} ${problem}`))).toEqual([
      [],
      ['7 other'],
      [],
    ]);
    expect(names(10).every((tag) => looks.some((look) => look.hasLooked('team/app', tag)))).toBe(true);
  });

  it('asks first for what is in doubt, and for nothing that the listing has said', async () => {
    const found = replica(['0', '1', 'more']);
    const bounds = { listings: 10, heads: 1 };
    const look = await compareReplica(found, written(3), { bounds, turn: 0, doubtful: new Set(['team/app 1']) });
    expect(found.asked).toEqual(['1']);
    expect(look.differences).toMatchObject([
      { tag: 'more', problem: 'extra', wanted: null },
      { tag: '2', problem: 'missing', wanted: digest('a') },
    ]);
  });
});
