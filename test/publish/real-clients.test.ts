import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestOf } from '../../src/registry/digest.js';
import { ask } from './crane-kit.js';
import { run } from './published-kit.js';
import { type PublishedWays, publishedName, publishedWays, wayNames } from './ways/published-ways.js';
import { pullingClients } from './ways/pulling-clients.js';
import { makeSignedIndex, platforms } from './ways/signed-index.js';

/*
 * A signed index of two platforms, published into a bucket and into folders, and pulled by the clients that people have in each way that
 * there is.
 */

const made = makeSignedIndex('clients');
let ways: PublishedWays;
beforeAll(async () => {
  ways = await publishedWays(made);
});
afterAll(() => ways.close());

describe.each(wayNames)('%s', (way) => {
  const hostOf = () => new URL(ways.url(way)).host;

  for (const client of pullingClients) {
    it.runIf(client.isThere).each(platforms)(`${client.name} pulls linux/%s (${client.name})`, async (architecture) => {
      const { digest, chosen } = await client.pull(`${hostOf()}/${publishedName}:${made.tag}`, architecture);
      const { raw, config } = made.images[architecture];
      expect({ digest, chosen }).toEqual({
        digest: made.index.raw.digest,
        chosen: client.chosenBy === 'manifest' ? raw.digest : digestOf(config),
      });
    });
  }

  it('skopeo copies the signature of cosign', async () => {
    const from = `docker://${hostOf()}/${publishedName}:${made.cosignTag}`;
    expect(await run('skopeo', 'inspect', '--raw', '--tls-verify=false', from)).toBe(
      Buffer.from(made.cosign.raw.bytes).toString(),
    );
  });
});

it.each([
  'the static tree in a bucket',
  'the static tree in a folder behind nginx',
] as const)('%s lists what refers to the index', async (way) => {
  const list = await ask(ways.url(way), `/v2/${publishedName}/referrers/${made.index.raw.digest}`);
  expect([list.status, list.headers['content-type']]).toEqual([200, 'application/vnd.oci.image.index.v1+json']);
  const [referrer, ...others] = JSON.parse(list.body).manifests;
  expect([referrer.digest, others]).toEqual([made.referrer.raw.digest, []]);
  const found = await ask(ways.url(way), `/v2/${publishedName}/manifests/${referrer.digest}`);
  expect([found.headers['content-type'], digestOf(Buffer.from(found.body))]).toEqual([
    made.referrer.raw.mediaType,
    made.referrer.raw.digest,
  ]);
});
