import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { applyRetention } from '../../../src/registry/admin/apply-retention.js';
import { planRetention, type RetentionRules } from '../../../src/registry/admin/retention-plan.js';
import { type OpenedRegistry, openRegistry } from '../../../src/registry/client/open.js';
import type { Pattern } from '../../../src/registry/lists/image-list.js';
import { installed } from '../proxy/start-registry.js';
import { amd64, arm64, pushImage, pushIndex } from './push-image.js';
import { type RegistryOfTest, startWith } from './start-with.js';

const there = installed('docker-registry');
if (!there) console.log('left out: docker-registry is not installed');

const now = Date.parse('2026-06-30T00:00:00Z');
const none: RetentionRules = { newest: undefined, youngerThan: undefined, keep: [], deny: [] };
const globs = (...texts: string[]): Pattern[] => texts.map((glob) => ({ kind: 'glob', glob }));
const month = (number: number) => `2026-${String(number).padStart(2, '0')}-01T00:00:00Z`;

// Needs Debian's docker-registry; where all is required, that it lacks is an error.
describe.skipIf(!there)('retention', () => {
  let server: RegistryOfTest;
  let registry: OpenedRegistry;
  beforeAll(async () => {
    server = await startWith();
    registry = openRegistry({ host: server.host });
    for (const number of [1, 2, 3, 4, 5]) {
      const tags = number === 5 ? ['5', 'latest'] : [String(number)];
      await pushImage(registry, 'keep/app', tags, { content: `app ${number}`, created: month(number) });
    }
    await pushImage(registry, 'keep/app', ['undated'], { content: 'app undated', created: '1970-01-01T00:00:00Z' });
  });
  afterAll(async () => {
    await registry?.close();
    await server?.close();
  });
  const plan = async (rules: Partial<RetentionRules>, repository = 'keep/app') => {
    const { keep, remove, emptied } = await planRetention(registry, repository, { ...none, ...rules }, now);
    return { keep: keep.map(({ tag, why }) => `${tag}: ${why}`), remove: remove.map(({ tag }) => tag), emptied };
  };

  test('one rule that keeps a tag is enough', async () => {
    expect(await plan({ newest: 1, youngerThan: 91 * 86400, keep: globs('2') })).toMatchInlineSnapshot(`
      {
        "emptied": false,
        "keep": [
          "2: matches a pattern to keep",
          "4: young enough",
          "5: one of the 1 newest",
          "latest: one of the 1 newest",
          "undated: its date is not known",
        ],
        "remove": [
          "1",
          "3",
        ],
      }
    `);
  });

  test('patterns alone read no date; what is to be kept comes before what is denied', async () => {
    const before = registry.traffic.requests;
    expect((await plan({ deny: globs('[1-3]'), keep: globs('2', '[45]', 'l*', 'u*') })).remove).toEqual(['1', '3']);
    expect(registry.traffic.requests - before).toBe(1 + 7);
    expect((await plan({ deny: globs('[1-3]') })).remove).toEqual(['1', '2', '3']);
    expect(await plan({ keep: globs('nothing') })).toMatchObject({ keep: [], emptied: true });
  });

  test('signatures go with their image', async () => {
    const { index } = await pushIndex(
      registry,
      'keep/signed',
      ['1'],
      [{ content: 'signed old', created: month(1), platform: amd64 }],
    );
    const kept = await pushImage(registry, 'keep/signed', ['2'], { content: 'signed new', created: month(2) });
    const signature = (digest: string) => `${digest.replace(':', '-')}.sig`;
    await pushImage(registry, 'keep/signed', [signature(index.digest)], { content: 'signature of old' });
    await pushImage(registry, 'keep/signed', [signature(kept.digest)], { content: 'signature of new' });
    const { remove } = await plan({ newest: 1 }, 'keep/signed');
    expect(remove).toEqual(['1', signature(index.digest)]);
  });

  test('removing: what stays is as it was, and nothing that nobody names is left on a 2.8.2', async () => {
    const shared = { content: 'gone arm64', created: month(1), platform: arm64 };
    const old = await pushIndex(
      registry,
      'keep/gone',
      ['1', '1.0'],
      [{ content: 'gone amd64', created: month(1), platform: amd64 }, shared],
    );
    const next = await pushIndex(
      registry,
      'keep/gone',
      ['2'],
      [{ content: 'gone amd64 2', created: month(2), platform: amd64 }, shared],
    );
    const there = async (digest: string | undefined) => (await registry.head('keep/gone', digest ?? '')) !== undefined;

    const half = await planRetention(registry, 'keep/gone', { ...none, newest: 1, keep: globs('1.0') }, now);
    expect(half).toMatchObject({ remove: [{ tag: '1' }], manifests: [] });
    expect(await applyRetention(registry, half)).toMatchObject([{ tag: '1', error: undefined }]);
    expect(await registry.tags('keep/gone')).toEqual(['1.0', '2']);
    expect(await there(old.children[0]?.digest)).toBe(true);

    const rest = await planRetention(registry, 'keep/gone', { ...none, newest: 1 }, now);
    expect(rest.manifests).toEqual([old.index.digest, old.children[0]?.digest]);
    expect(await applyRetention(registry, rest)).toMatchObject([{ tag: '1.0', error: undefined }]);
    expect(await registry.tags('keep/gone')).toEqual(['2']);
    expect(await there(old.index.digest)).toBe(false);
    expect(await there(old.children[0]?.digest)).toBe(false);
    expect(await there(next.children[0]?.digest)).toBe(true);
    expect(await there(next.children[1]?.digest)).toBe(true); // The platform that both had.
  });
});
