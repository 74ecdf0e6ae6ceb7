import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signCertificate } from '../../src/pki/issue-certificate.js';
import { makeKey, publicKeyOf } from '../../src/pki/keys.js';
import { makeAuthority } from '../../src/pki/make-authority.js';
import { noticeCertificates } from '../../src/service/events/certificate-notices.js';
import { noticeQuota } from '../../src/service/events/quota-notices.js';
import { ImageIndex, type IndexChange } from '../../src/service/images/image-index.js';
import { type JobOutcome, JobStore } from '../../src/service/jobs/job-store.js';
import type { Database } from '../../src/service/store/database.js';
import { openDatabase } from '../../src/service/store/open-database.js';
import { type PostgresServer, startPostgres } from './postgres-kit.js';

/*
 * Events are there with the change that they tell of, or not at all; one that is to be told once is told once.
 */

const day = 86_400_000;

let postgres: PostgresServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(async () => await postgres.stop());

describe.each(['SQLite', 'PostgreSQL'])('events on %s', (kind) => {
  let folder: string;
  let database: Database;
  const told = async () => {
    const rows = await database.db.selectFrom('service_events').selectAll().orderBy('number').execute();
    await database.db.deleteFrom('service_events').execute();
    return rows.map((row) => ({ kind: row.kind, subject: row.subject, data: JSON.parse(row.data) }));
  };
  const kinds = async () => (await told()).map((each) => each.kind);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'provision-events-'));
    database = await openDatabase(kind === 'SQLite' ? join(folder, 'service.db') : await postgres.database());
  });
  afterAll(async () => {
    await database.close();
    await rm(folder, { recursive: true });
  });

  it('a job that fails and one that works again are told, of the same schedule or registry', async () => {
    const store = new JobStore(database, 'one');
    const end = async (result: JobOutcome['result'], more: { schedule?: string; subject?: string } = {}) => {
      const request = { work: 'backup' } as const;
      const { id } = await store.add({ kind: 'backup', request, hosts: ['web1'], by: 'anna', ...more });
      expect(await store.end(id, { result, problem: result === 'failed' ? 'no' : '' })).toBe(true);
      expect(await store.end(id, { result: 'ok' })).toBe(false);
      return id;
    };
    const id = await end('failed', { subject: 'main' });
    const data = { job: id, kind: 'backup', result: 'failed', hosts: ['web1'], problem: 'no' };
    expect(await told()).toEqual([
      { kind: 'job.ended', subject: id, data },
      { kind: 'job.failed', subject: id, data },
    ]);
    await end('ok', { subject: 'other' });
    await end('ok');
    await end('cancelled', { subject: 'main' });
    expect(await kinds()).toEqual(['job.ended', 'job.ended', 'job.ended']);
    await end('changed', { subject: 'main' });
    await end('ok', { subject: 'main' });
    expect(await kinds()).toEqual(['job.ended', 'job.recovered', 'job.ended']);
    for (const result of ['unreachable', 'partly', 'lost', 'ok'] as const) await end(result, { schedule: 'nightly' });
    expect((await kinds()).filter((each) => each !== 'job.ended')).toEqual([
      'job.failed',
      'job.failed',
      'job.failed',
      'job.recovered',
    ]);
    const request = { work: 'backup' } as const;
    const waiting = await store.add({ kind: 'backup', request, hosts: [], by: 'anna' });
    await store.cancel(waiting.id, 1);
    expect(await told()).toMatchObject([{ kind: 'job.ended', data: { result: 'cancelled' } }]);
  });

  it('a change that is not written is not told', async () => {
    const index = new ImageIndex(database);
    const change: IndexChange = { registry: 'main', repository: 'a/b', at: 1, actor: 'bob', cause: 'push' };
    const failing = database.db.transaction().execute(async (db) => {
      await index.recordPush(change, `sha256:${'1'.repeat(64)}`, '1', db);
      throw new Error('undone');
    });
    await expect(failing).rejects.toThrow('undone');
    expect(await told()).toEqual([]);
  });

  it('a tag is told of when it moves, and not when an older or the same push comes late', async () => {
    const index = new ImageIndex(database);
    const change = (at: number, more: Partial<IndexChange> = {}): IndexChange => ({
      ...{ registry: 'main', repository: 'a/b', at, actor: 'bob', cause: 'push' },
      ...more,
    });
    const [one, two] = ['1', '2'].map((each) => `sha256:${each.repeat(64)}`) as [string, string];
    await index.recordPush(change(10), one, undefined);
    await index.recordPush(change(10), one, 'v');
    await index.recordPush(change(11), one, 'v');
    await index.recordPush(change(20), two, 'v');
    await index.recordPush(change(15), one, 'v');
    await index.recordPush(change(30, { cause: 'reconciled', actor: '' }), one, 'w');
    await index.recordPush(change(30, { cause: 'reconciled', actor: '', isSilent: true }), one, 'x');
    expect(await told()).toEqual([
      { kind: 'repository.created', subject: 'main/a/b', data: {} },
      { kind: 'tag.pushed', subject: 'main/a/b:v', data: { tag: 'v', digest: one, oldDigest: null } },
      { kind: 'tag.pushed', subject: 'main/a/b:v', data: { tag: 'v', digest: two, oldDigest: one } },
      { kind: 'tag.pushed', subject: 'main/a/b:w', data: { tag: 'w', digest: one, oldDigest: null, reconciled: true } },
    ]);
    await index.recordDeletedTag(change(40), 'none');
    await index.recordDeletedManifest(change(40), two);
    await index.recordDeletedManifest(change(40), one);
    await index.recordDeletedManifest(change(40), one);
    expect(await told()).toEqual([
      { kind: 'tag.deleted', subject: 'main/a/b:v', data: { tag: 'v', oldDigest: two } },
      { kind: 'tag.deleted', subject: 'main/a/b:w', data: { tag: 'w', oldDigest: one } },
      { kind: 'tag.deleted', subject: 'main/a/b:x', data: { tag: 'x', oldDigest: one } },
      { kind: 'repository.deleted', subject: 'main/a/b', data: {} },
    ]);
    await index.recordPush(change(50), one, undefined);
    await index.recordGoneRepository(change(60, { cause: 'reconciled' }), 50);
    await index.recordGoneRepository(change(60, { cause: 'reconciled' }), 60);
    await index.recordGoneRepository(change(60, { cause: 'reconciled' }), 60);
    expect(await told()).toEqual([
      { kind: 'repository.created', subject: 'main/a/b', data: {} },
      { kind: 'repository.deleted', subject: 'main/a/b', data: { reconciled: true } },
    ]);
  });

  it('a quota is told of once when it is nearly full and when it is full, until there is room again', async () => {
    const quota = { prefix: 'team/', bytes: 1000, repository: 'team/app' };
    const notice = (fill: 'free' | 'nearly-full' | 'full', used: number) =>
      noticeQuota(database, 'local', { ...quota, fill, used }, 0);
    await Promise.all([notice('nearly-full', 900), notice('nearly-full', 900)]);
    await notice('full', 990);
    await notice('full', 991);
    const data = { prefix: 'team/', bytes: 1000 };
    expect(await told()).toEqual([
      { kind: 'quota.nearly-full', subject: 'local/team/', data: { ...data, used: 900 } },
      { kind: 'quota.full', subject: 'local/team/', data: { ...data, used: 990 } },
    ]);
    await notice('free', 10);
    await notice('full', 1000);
    expect(await kinds()).toEqual(['quota.full']);
  });

  it('a certificate that ends is told of 30, 14, 7 days and one before, each once', async () => {
    const authority = await makeAuthority('ecdsa');
    const key = await makeKey('ecdsa');
    const pem = signCertificate(
      { pem: authority.certificate, key: authority.key },
      { publicKey: publicKeyOf(key), names: ['localhost'], days: 60 },
    );
    const now = Date.now();
    const watched = [{ name: 'service', pem }];
    const seen: number[] = [];
    for (let at = 0; at < 62; at += 0.5) {
      // Two services look at the same time.
      await Promise.all([
        noticeCertificates(database, watched, now + at * day),
        noticeCertificates(database, watched, now + at * day),
      ]);
      for (const { kind: which, subject, data } of await told()) {
        expect([which, subject]).toEqual(['certificate.ending', 'service']);
        seen.push(data.days);
      }
    }
    expect(seen).toEqual([29, 13, 6, 0]);
    const other = signCertificate(
      { pem: authority.certificate, key: authority.key },
      { publicKey: publicKeyOf(key), names: ['localhost'], days: 60 },
    );
    await noticeCertificates(database, [{ name: 'service', pem: other }], now + 55 * day);
    await noticeCertificates(database, [{ name: 'service', pem: other }], now + 55 * day);
    expect(await told()).toMatchObject([{ data: { days: expect.any(Number) } }]);
  });
});
