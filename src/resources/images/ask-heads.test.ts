import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { type ScriptedAnswer, type SeenRequest, scriptedRegistry } from '../../../test/kit/scripted-registry.js';
import { digestOf } from '../../registry/digest.js';
import { imageEntry } from '../../registry/lists/image-entry.js';
import { mediaTypes } from '../../registry/media-types.js';
import { askHeads, sameOnBothSides, tagPairs } from './ask-heads.js';

const run = promisify(execFile);
const shells: [string, string[]][] = [
  ['dash', []],
  ['bash', ['--posix']],
  ['busybox', ['sh']],
];
const digest = digestOf(Buffer.from('the image'));
const list = ['team/web:1', 'team/web:2', 'team/db:1'].map((text) => imageEntry.parse(text));

interface Source {
  readonly type?: string;
  readonly listing?: ScriptedAnswer;
  /** Answer to a question for referrers; nothing: there is no API. */
  readonly referrers?: ScriptedAnswer;
}

/** Answers as a registry that has every image of the list. */
function answers({ type = mediaTypes.ociManifest, listing, referrers }: Source) {
  return ({ url }: SeenRequest): ScriptedAnswer | undefined => {
    if (url === '/v2/') return { body: {} };
    if (url.includes('/manifests/')) return { headers: { 'docker-content-digest': digest, 'content-type': type } };
    if (url.includes('/tags/list')) return listing ?? { body: { tags: ['1', '2'] } };
    return url.includes('/referrers/') ? referrers : undefined;
  };
}

describe.each(shells)('the comparison by the host, in %s', (command, args) => {
  const compare = async (from: Source) => {
    const [source, target] = await Promise.all([scriptedRegistry(answers(from)), scriptedRegistry(answers({}))]);
    try {
      const pairs = tagPairs(list) ?? [];
      const { script } = askHeads(source.host, target.host, pairs, true);
      const { stdout } = await run(command, [...args, '-c', script], {
        env: { PATH: process.env.PATH ?? '', SHLVL: '2' },
      });
      const requests = source.seen.map(({ method, url }) => `${method} ${url.replace(digest, 'DIGEST')}`);
      return { same: sameOnBothSides(stdout, pairs), extra: requests.filter((line) => !line.startsWith('HEAD')) };
    } finally {
      await Promise.all([source.close(), target.close()]);
    }
  };

  it('asks for a listing a repository and once for the API, where nothing is attached', async () => {
    const { same, extra } = await compare({});
    expect(same?.size).toBe(3);
    expect(extra).toEqual([
      'GET /v2/',
      'GET /v2/team/web/tags/list?n=1000',
      'GET /v2/team/db/tags/list?n=1000',
      'GET /v2/team/web/referrers/DIGEST',
    ]);
  });

  it('asks for the referrers of each image, where there is an API', async () => {
    const { same, extra } = await compare({ referrers: { body: { schemaVersion: 2, manifests: [] } } });
    expect(same?.size).toBe(3);
    expect(extra.filter((line) => line.includes('/team/web/referrers/'))).toHaveLength(3);
    expect(extra.filter((line) => line.includes('/team/db/referrers/'))).toHaveLength(1);
  });

  it.each<[string, Source]>([
    ['a signature by its tag', { listing: { body: { tags: ['1', `${digest.replace(':', '-')}.sig`] } } }],
    ['a referrer', { referrers: { body: { manifests: [{ digest, mediaType: mediaTypes.ociManifest, size: 1 }] } } }],
    ['more pages of tags', { listing: { body: { tags: ['1'] }, headers: { link: '</v2/x>; rel="next"' } } }],
    ['a listing that is refused', { listing: { status: 403 } }],
    ['parts that may have referrers', { type: mediaTypes.ociIndex, referrers: { body: { manifests: [] } } }],
  ])('took images for the same for good, with %s at the source', async (_, source) => {
    expect((await compare(source)).same).toBeUndefined();
  });
});
