import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { digestOf } from '../../../src/registry/digest.js';
import { ending, Repository } from '../conformance/repository.js';
import { runMain } from './run-main.js';

const rounds = 15;

const what = `killed in mid-upload ${rounds} times: no half blob, no tag without its image, and the upload goes on`;

test(what, { timeout: 480_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'provision-crash-'));
  try {
    const whole = new Set<string>();
    const acknowledged: { readonly tag: string; readonly digest: string }[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const running = await runMain(folder, '--delete');
      const repository = new Repository(running.url, 'crash/test');
      const lost: string[] = [];
      for (const { tag, digest } of acknowledged) {
        if ((await repository.ask('GET', `manifests/${tag}`)).headers['docker-content-digest'] !== digest)
          lost.push(tag);
      }
      // Uploads of every kind are under way when it is killed.
      const work = Promise.allSettled([
        streamUntilCut(repository, await repository.begin()),
        ...[0, 1, 2].map((lane) => pushImages(repository, `r${round}-l${lane}`, acknowledged)),
      ]);
      const enough = acknowledged.length + Math.floor(random(`images of ${round}`) * 6);
      while (acknowledged.length < enough && running.child.exitCode === null) await pause(1);
      await pause(Math.floor(random(`moment of ${round}`) * 40));
      await running.end('SIGKILL');
      await work;
      expect(lost).toEqual([]);
      await everyBlobIsWhole(folder, whole);
    }
    await everyBlobIsWhole(folder);
    const running = await runMain(folder, '--delete');
    try {
      await everyTagIsWhole(new Repository(running.url, 'crash/test'));
      await uploadsGoOn(new Repository(running.url, 'crash/test'), folder);
    } finally {
      expect(await running.end('SIGTERM')).toBe(0);
    }
    expect(acknowledged.length).toBeGreaterThan(rounds);
  } finally {
    await rm(folder, { recursive: true });
  }
});

/** The same in every run, from 0 to 1. */
function random(seed: string): number {
  return createHash('sha256').update(seed).digest().readUInt32BE(0) / 2 ** 32;
}

async function pushImages(
  repository: Repository,
  prefix: string,
  acknowledged: { tag: string; digest: string }[],
): Promise<void> {
  for (let count = 0; ; count += 1) {
    const tag = `${prefix}-${count}`;
    const { digest } = await repository.pushManifest(await repository.image(`${tag} `.repeat(20_000)), tag);
    acknowledged.push({ tag, digest });
  }
}

async function streamUntilCut(repository: Repository, upload: string): Promise<void> {
  const outgoing = request(new URL(upload, repository.url), { method: 'PATCH' });
  const over = new Promise<void>((resolve) => outgoing.on('error', () => resolve()).on('close', () => resolve()));
  const zeros = Buffer.alloc(64 * 1024);
  const timer = setInterval(() => outgoing.writableNeedDrain || outgoing.write(zeros), 2);
  await over;
  clearInterval(timer);
}

/**
 * Whatever lies where content lies has the digest that its folder says.
 * @param known what was read after an earlier kill, which is passed over; what is read now is added
 */
async function everyBlobIsWhole(folder: string, known = new Set<string>()): Promise<void> {
  const blobs = join(folder, 'docker/registry/v2/blobs/sha256');
  if (!existsSync(blobs)) return; // Killed before the first.
  for (const two of await readdir(blobs)) {
    for (const hex of await readdir(join(blobs, two))) {
      if (known.has(hex)) continue;
      const names = await readdir(join(blobs, two, hex));
      if (!names.includes('data')) continue; // Killed between making the folder and moving the data into it.
      expect(names).toEqual(['data']);
      expect(digestOf(await readFile(join(blobs, two, hex, 'data')))).toBe(`sha256:${hex}`);
      known.add(hex);
    }
  }
}

async function everyTagIsWhole(repository: Repository): Promise<void> {
  const { tags } = JSON.parse((await repository.ask('GET', 'tags/list')).body.toString()) as { tags: string[] };
  expect(tags.length).toBeGreaterThan(0);
  for (const tag of tags) {
    const got = await repository.ask('GET', `manifests/${tag}`);
    expect([tag, got.status]).toEqual([tag, 200]);
    const { config, layers } = JSON.parse(got.body.toString()) as {
      config: { digest: string };
      layers: { digest: string }[];
    };
    for (const { digest } of [config, ...layers]) {
      expect((await repository.ask('HEAD', `blobs/${digest}`)).status).toBe(200);
    }
  }
}

/** The streams that were cut: what arrived is there, and can be ended as a blob. */
async function uploadsGoOn(repository: Repository, folder: string): Promise<void> {
  const uploads = join(folder, 'docker/registry/v2/repositories', repository.name, '_uploads');
  let gone = 0;
  for (const id of await readdir(uploads)) {
    if (!existsSync(join(uploads, id, 'startedat'))) continue; // Of a manifest: nothing was promised of it.
    const bytes = await readFile(join(uploads, id, 'data')).catch(() => Buffer.alloc(0)); // Nothing had arrived.
    if (bytes.length === 0) continue;
    const upload = `/v2/${repository.name}/blobs/uploads/${id}`;
    const status = await repository.ask('GET', upload);
    expect([status.status, status.headers.range]).toEqual([204, `0-${bytes.length - 1}`]);
    const more = Buffer.from('and the rest');
    const digest = digestOf(Buffer.concat([bytes, more]));
    expect((await repository.ask('PUT', ending(upload, digest), { body: more })).status).toBe(201);
    expect(digestOf((await repository.ask('GET', `blobs/${digest}`)).body)).toBe(digest);
    gone += 1;
  }
  expect(gone).toBeGreaterThan(0);
}
