import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ImageSet, ImageSetMaker, tagsOf } from '../proxy/image-set.js';
import { populate } from '../proxy/populate.js';
import { differences, tagDigests } from '../proxy/read-back.js';
import { installed, type StartedRegistry, startRegistry } from '../proxy/start-registry.js';
import { ourList, skopeoList } from './list-files.js';
import { randomSet } from './random-set.js';
import { type SyncPlace, syncPlace } from './run-sync.js';
import { skopeoSyncCommand } from './sync-command.js';

/** What skopeo makes of a list is what we make of it: the same tags, the same digests, the same bytes. */
describe.skipIf(!installed('docker-registry') || !installed('skopeo'))(
  'the same list by skopeo and by us',
  { timeout: 120_000 },
  () => {
    let source: StartedRegistry;
    let theirs: StartedRegistry;
    let ours: StartedRegistry;
    let place: SyncPlace;
    let folder: string;
    beforeAll(async () => {
      [source, theirs, ours, place, folder] = await Promise.all([
        startRegistry({ memory: true }),
        startRegistry({ memory: true }),
        startRegistry({ memory: true }),
        syncPlace(),
        mkdtemp(join(tmpdir(), 'provision-differential-')),
      ]);
    });
    afterAll(async () => {
      await Promise.all([source, theirs, ours, place].map((each) => each?.close()));
      await rm(folder, { recursive: true });
    });
    beforeEach(() => Promise.all([source, theirs, ours].map((registry) => registry.empty())));

    const host = ({ url }: StartedRegistry) => new URL(url).host;
    const skopeo = async ([program = '', ...args]: readonly string[]) => {
      const { exitCode, all } = await execa(program, args, { all: true, reject: false });
      expect({ exitCode, all: exitCode === 0 ? '' : all }).toEqual({ exitCode: 0, all: '' });
    };
    const byUs = async (list: string) => {
      const { status, stderr } = await place.sync(list, source.url, ours.url, ['--attachments', 'none']);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    };
    const sameEverywhere = async (set: ImageSet) => {
      const wanted = Object.fromEntries(
        tagsOf(set).map((name) => {
          const [repository = '', tag = ''] = name.split(':');
          return [name, set.repositories.get(repository)?.tags.get(tag)];
        }),
      );
      const repositories = [...set.repositories.keys()];
      expect(await tagDigests(theirs.url, repositories)).toEqual(wanted);
      expect(await tagDigests(ours.url, repositories)).toEqual(wanted);
      expect(await differences(ours.url, set)).toEqual([]);
    };

    it('gives the same by skopeo sync, from the same file', async () => {
      const set = new ImageSetMaker();
      const layers = [set.layer('one', 50_000), set.layer('two', 300)];
      for (const format of ['docker', 'oci'] as const) {
        set.tag(format, 'v1', set.image(format, layers, { seed: format, format }));
        const children = ['amd64', 'arm64', 's390x'].map((architecture) => ({
          architecture,
          manifest: set.image(`multi-${format}`, layers, { seed: architecture, format, architecture }),
        }));
        set.tag(`multi-${format}`, 'v1', set.index(`multi-${format}`, children, format));
        set.tag(`multi-${format}`, 'v2', set.index(`multi-${format}`, children.slice(1), format));
      }
      await populate(source.url, set);
      const file = join(folder, 'list.yaml');
      await writeFile(file, skopeoList(set, host(source)));
      await skopeo(skopeoSyncCommand(file, host(theirs)));
      await byUs(skopeoList(set, host(source)));
      await sameEverywhere(set);
    });

    it.each([1, 2, 3])('gives the same by skopeo copy --all, image by image: seed %i', async (seed) => {
      const { set } = randomSet(`differential ${seed}`);
      const listed = withoutAttachments(set);
      await populate(source.url, set);
      for (const name of tagsOf(set)) {
        const from = `docker://${host(source)}/${name}`;
        const to = `docker://${host(theirs)}/${name}`;
        await skopeo(['skopeo', 'copy', '--all', '--src-tls-verify=false', '--dest-tls-verify=false', from, to]);
      }
      await byUs(ourList(set));
      await sameEverywhere(listed);
    });

    it('is what it was the other way round, and skopeo reads it back', async () => {
      const { set } = randomSet('differential both ways');
      await populate(source.url, set);
      await byUs(ourList(set));
      const { status, report } = await place.sync(ourList(set), ours.url, source.url, ['--attachments', 'none']);
      expect([status, report?.totals.unchanged]).toEqual([0, tagsOf(set).length]);
      for (const name of tagsOf(set)) {
        const back = `dir:${join(folder, name.replace(/\W/g, '-'))}`;
        await skopeo(['skopeo', 'copy', '--all', '--src-tls-verify=false', `docker://${host(ours)}/${name}`, back]);
      }
    });
  },
);

function withoutAttachments(set: ImageSet): ImageSet {
  const listed = new Set(tagsOf(set));
  const repositories = [...set.repositories].map(
    ([name, content]) =>
      [name, { ...content, tags: new Map([...content.tags].filter(([tag]) => listed.has(`${name}:${tag}`))) }] as const,
  );
  return { blobs: set.blobs, repositories: new Map(repositories) };
}
