import { createHmac } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { signCertificate } from '../../src/pki/issue-certificate.js';
import { makeKey, publicKeyOf } from '../../src/pki/keys.js';
import { makeAuthority } from '../../src/pki/make-authority.js';
import { deleteOld } from '../../src/service/webhooks/delivery/delete-old.js';
import { makeWebhookSecret } from '../../src/service/webhooks/signatures.js';
import { type PostgresServer, startPostgres } from './postgres-kit.js';
import { type Receiver, startReceiver } from './receiver-kit.js';
import { type WebhookBench, webhookBench } from './webhook-kit.js';

/*
 * Receivers that fail, hang and lie, by a clock that the test moves: what is sent when, that nothing is lost, and that nothing
 * comes twice but with the same id.
 */

const second = 1000;
const hour = 3600 * second;

let postgres: PostgresServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(async () => await postgres.stop());

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close();
});

async function bench(options: Parameters<typeof webhookBench>[0] = {}): Promise<WebhookBench> {
  const made = await webhookBench(options);
  opened.push(made);
  return made;
}

async function receiver(options: Parameters<typeof startReceiver>[0] = {}): Promise<Receiver> {
  const made = await startReceiver(options);
  opened.push(made);
  return made;
}

const ids = ({ received }: Receiver) => received.map(({ headers }) => headers['webhook-id']);

async function only({ deliveries, webhooks }: WebhookBench) {
  const [hook] = await webhooks.list(1);
  const [delivery] = await deliveries.list(hook?.id ?? '', 1, undefined);
  if (hook === undefined || delivery === undefined) throw new Error('there is no delivery');
  return { hook, delivery, tries: await deliveries.triesOf(delivery.id) };
}

describe.each(['SQLite', 'PostgreSQL'])('on %s', (kind) => {
  const address = async () => (kind === 'SQLite' ? {} : { address: await postgres.database() });

  it('a push comes once, signed, with an id', async () => {
    const b = await bench(await address());
    const r = await receiver();
    const hook = await b.add({ url: `${r.url}/hook`, headers: { authorization: 'Bearer canary-header-41' } });
    await b.push('1.2');
    await b.pass();
    await b.pass();
    expect(r.received).toHaveLength(1);
    const [first] = r.received;
    if (first === undefined) throw new Error('nothing came');
    const { headers, body, path } = first;
    expect(path).toBe('/hook');
    expect(headers).toMatchObject({
      'content-type': 'application/cloudevents+json',
      authorization: 'Bearer canary-header-41',
      'user-agent': 'provision-webhooks/1',
    });
    const [secret] = b.webhooks.open(hook).secrets;
    const key = Buffer.from(secret?.secret.slice('whsec_'.length) ?? '', 'base64');
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
    expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
    const hub = createHmac('sha256', secret?.secret ?? '')
      .update(body)
      .digest('hex');
    expect(headers['x-hub-signature-256']).toBe(`sha256=${hub}`);
    expect(JSON.parse(body)).toMatchObject({
      specversion: '1.0',
      type: 'provision.tag.pushed',
      source: 'https://service.example.com',
      subject: 'main/team/app:1.2',
      data: { registry: 'main', repository: 'team/app', tag: '1.2', actor: 'bob', oldDigest: null },
    });
    const { delivery } = await only(b);
    expect(delivery).toMatchObject({ state: 'delivered', tries: 1 });
  });

  it('is sent again at its times, with the same id, and given up after the eighth try', async () => {
    const b = await bench(await address());
    const r = await receiver({ answer: (response) => response.writeHead(500).end('no') });
    await b.add({ url: r.url });
    await b.push('1');
    const delays: number[] = [];
    const start = b.clock.now;
    for (let count = 1; count <= 8; count += 1) {
      await b.pass();
      expect(r.received).toHaveLength(count);
      const { delivery } = await only(b);
      if (delivery.next_at === null) break;
      const next = delivery.next_at;
      delays.push(next - b.clock.now);
      b.clock.now = next - 1;
      await b.pass();
      expect(r.received).toHaveLength(count);
      b.clock.now = next;
    }
    const planned = [5, 30, 300, 1800, 7200, 28_800, 86_400].map((each) => each * second);
    expect(delays).toHaveLength(7);
    for (const [at, delay] of delays.entries()) {
      expect(delay).toBeGreaterThanOrEqual(planned[at] ?? 0);
      expect(delay).toBeLessThanOrEqual((planned[at] ?? 0) * 1.2 + 1);
    }
    expect(b.clock.now - start).toBeLessThan(72 * hour);
    const { delivery, tries, hook } = await only(b);
    expect(delivery).toMatchObject({ state: 'failed', tries: 8, why: 'it was answered by 500' });
    expect(tries).toHaveLength(8);
    expect(new Set(ids(r)).size).toBe(1);
    expect(hook).toMatchObject({ is_enabled: 1 });
  });

  it('after three days of failure it is disabled, and that is an event', async () => {
    const b = await bench(await address());
    const [r, other] = [await receiver({ answer: (response) => response.writeHead(500).end() }), await receiver()];
    const hook = await b.add({ url: r.url });
    await b.add({ url: other.url, name: 'others', kinds: ['webhook.disabled'] });
    await b.push('1');
    await b.pass();
    b.clock.now += 71 * hour;
    await b.pass();
    expect((await b.webhooks.get(hook.id)).is_enabled).toBe(1);
    await b.push('2');
    b.clock.now += 2 * hour;
    await b.pass();
    await b.pass();
    expect(await b.webhooks.get(hook.id)).toMatchObject({
      is_enabled: 0,
      disabled_why: 'it has failed for three days: it was answered by 500',
    });
    expect((await b.deliveries.list(hook.id, 10, undefined)).map(({ state }) => state)).toEqual(['failed', 'failed']);
    expect(other.received.map(({ body }) => JSON.parse(body))).toMatchObject([
      { type: 'provision.webhook.disabled', subject: hook.id, data: { name: 'ci' } },
    ]);
    const count = r.received.length;
    await b.push('3');
    await b.pass();
    expect(r.received).toHaveLength(count);
  });

  it('what a service had begun when it was killed is sent again, with the same id', async () => {
    const at = await address();
    const b = await bench(at);
    const r = await receiver();
    const hook = await b.add({ url: r.url });
    await b.push('1');
    // It has taken the delivery, and was killed: nothing was marked.
    await b.sender.pass();
    await b.sender.idle();
    const [id] = ids(r);
    await b.database.db
      .updateTable('webhook_deliveries')
      .set({ state: 'waiting', next_at: b.clock.now, leased_by: 'dead', leased_until: b.clock.now + 60_000 })
      .where('webhook', '=', hook.id)
      .execute();
    await b.pass();
    expect(r.received).toHaveLength(1);
    b.clock.now += 60_001;
    await b.pass();
    expect(ids(r)).toEqual([id, id]);
  });

  it('events of one tag never overtake each other, though those of others do', async () => {
    const b = await bench(await address());
    const r = await receiver();
    const told = () => r.received.map(({ body }) => `${JSON.parse(body).data.tag} ${JSON.parse(body).type}`);
    await b.add({ url: r.url });
    let fails = true;
    r.answer = (response, { body }) => {
      const isFirst = body.includes('tag.pushed') && JSON.parse(body).data.tag === 'a';
      response.writeHead(isFirst && fails ? 503 : 204).end();
    };
    await b.push('a');
    await b.event({
      kind: 'tag.deleted',
      subject: 'main/team/app:a',
      registry: 'main',
      repository: 'team/app',
      at: b.clock.now,
      actor: 'bob',
      data: { tag: 'a', oldDigest: null },
    });
    await b.push('b');
    await b.pass();
    await b.pass();
    expect(told()).toEqual(['a provision.tag.pushed', 'b provision.tag.pushed']);
    fails = false;
    b.clock.now += 10 * second;
    await b.pass();
    await b.pass();
    expect(told().slice(2)).toEqual(['a provision.tag.pushed', 'a provision.tag.deleted']);
  });

  it('an event of a path is for those of the path, and for whoever may see it when it is sent', async () => {
    const b = await bench(await address());
    const r = await receiver();
    const bob = await b.accounts.create({ name: 'bob' });
    const own = { subjectKind: 'account', subjectId: bob.id, registry: '', by: 'anna' } as const;
    const grant = await b.rights.add({ ...own, path: 'team/', rule: { role: 'owner' } });
    await b.add({ url: r.url, path: 'team/' }, bob);
    await b.push('1', 'team/app');
    await b.push('1', 'other/app');
    await b.event({ kind: 'job.failed', subject: 'x', at: b.clock.now, actor: '', data: { hosts: ['web1'] } });
    await b.pass();
    expect(r.received.map(({ body }) => JSON.parse(body).subject)).toEqual(['main/team/app:1']);
    r.answer = (response) => response.writeHead(500).end();
    await b.push('2', 'team/app');
    await b.pass();
    await b.rights.remove(grant.id);
    b.clock.now += 10 * second;
    await b.pass();
    expect(r.received).toHaveLength(2);
    expect((await only(b)).delivery).toMatchObject({
      state: 'failed',
      why: 'the account for which the webhook hears may not see main/team/app:2',
    });
  });
});

it('of two services on one database each delivery is sent by one', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'provision-webhook-key-'));
  opened.push({ close: async () => await rm(folder, { recursive: true }) });
  const shared = { address: await postgres.database(), keyFile: join(folder, 'key') };
  const [one, two] = [await bench(shared), await bench({ ...shared, instance: 'two' })];
  let answer = () => {};
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const r = await receiver({ answer: (response) => void answered.then(() => response.writeHead(204).end()) });
  await one.add({ url: r.url });
  for (let count = 0; count < 20; count += 1) await one.push(String(count));
  // The first takes as many as it may, and waits for answers: the second then takes some for certain.
  const passes = [one.pass()];
  await vi.waitFor(() => expect(r.received).toHaveLength(2));
  passes.push(two.pass());
  await vi.waitFor(() => expect(r.received).toHaveLength(4));
  answer();
  await Promise.all(passes);
  for (let count = 0; count < 40 && r.received.length < 20; count += 1) await Promise.all([one.pass(), two.pass()]);
  expect(r.received).toHaveLength(20);
  expect(new Set(ids(r)).size).toBe(20);
  expect(new Set(r.received.map(({ body }) => JSON.parse(body).id)).size).toBe(20);
  expect([...one.log, ...two.log]).toEqual([]);
  const by = await one.database.db.selectFrom('webhook_deliveries').select('leased_by').distinct().execute();
  expect(by.map((row) => row.leased_by).sort()).toEqual(['one', 'two']);
});

it.each([
  [410, 'its receiver is gone (410)', 0],
  [301, '', 1],
  [404, '', 1],
])('an answer of %i: no redirect is followed, and 410 disables', async (status, why, enabled) => {
  const b = await bench();
  const other = await receiver();
  const r = await receiver({ answer: (response) => response.writeHead(status, { location: other.url }).end() });
  await b.add({ url: r.url });
  await b.push('1');
  await b.pass();
  expect((await only(b)).hook).toMatchObject({ is_enabled: enabled, disabled_why: why });
  expect((await only(b)).delivery.state).toBe(enabled === 1 ? 'waiting' : 'failed');
  expect(other.received).toEqual([]);
});

it.each([
  ['120', 120 * second],
  ['1', 5 * second],
  ['99999999', 24 * hour],
  ['soon', 5 * second],
])('Retry-After: %s is heeded within bounds', async (text, wait) => {
  const b = await bench();
  const r = await receiver({ answer: (response) => response.writeHead(429, { 'retry-after': text }).end() });
  await b.add({ url: r.url });
  await b.push('1');
  await b.pass();
  const next = (await only(b)).delivery.next_at ?? 0;
  expect(next - b.clock.now).toBeGreaterThanOrEqual(wait);
  expect(next - b.clock.now).toBeLessThanOrEqual(wait * 1.2 + 1);
});

it('a status counts though the connection ends behind it, and an answer without end is read in part', async () => {
  const b = await bench();
  const r = await receiver();
  await b.add({ url: r.url });
  r.answer = (response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('cut', () => response.destroy());
  };
  await b.push('1');
  await b.pass();
  expect(await only(b)).toMatchObject({ delivery: { state: 'delivered' }, tries: [{ response_body: 'cut' }] });
  r.answer = (response) => {
    response.writeHead(200);
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(65_536)));
    };
    response.on('drain', more);
    more();
  };
  await b.push('2');
  await b.pass();
  const { delivery, tries } = await only(b);
  expect(delivery.state).toBe('delivered');
  expect(tries[0]?.response_body).toBe('x'.repeat(4096));
});

it('a connection that ends before a status, and one that is refused, are failures', async () => {
  const b = await bench();
  const r = await receiver({ answer: (response) => response.destroy() });
  const hook = await b.add({ url: r.url });
  await b.push('1');
  await b.pass();
  expect((await only(b)).tries[0]).toMatchObject({ status: null, error: 'socket hang up' });
  await r.close();
  opened.splice(opened.indexOf(r), 1);
  b.clock.now += 10 * second;
  await b.pass();
  const tries = await b.deliveries.triesOf((await b.deliveries.list(hook.id, 1, undefined))[0]?.id ?? '');
  expect(tries[1]?.error).toMatch(/^connect ECONNREFUSED 127\.0\.0\.1:\d+$/);
});

it('a receiver that hangs is left after ten seconds, and holds up no other', async () => {
  const b = await bench();
  const [slow, quick] = [await receiver({ answer: () => {} }), await receiver()];
  await b.add({ url: slow.url, name: 'slow' });
  const same = await b.add({ url: `${slow.url}/same-host`, name: 'same' });
  await b.add({ url: quick.url, name: 'quick' });
  for (let count = 0; count < 50; count += 1) await b.push(String(count));
  const began = performance.now();
  for (let count = 0; count < 200 && quick.received.length < 50; count += 1) {
    await b.sender.pass();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(quick.received).toHaveLength(50);
  expect(performance.now() - began).toBeLessThan(9000);
  // Of the same host each webhook has its tries.
  expect(slow.received.filter(({ path }) => path === '/same-host').length).toBe(2);
  expect(slow.received).toHaveLength(4);
  const left = async () => (await b.deliveries.list(same.id, 50, undefined)).filter(({ why }) => why !== '');
  await expect.poll(async () => (await left()).length, { timeout: 20_000 }).toBeGreaterThan(0);
  expect((await left())[0]).toMatchObject({ state: 'waiting', why: 'no answer within 10 s' });
}, 60_000);

it('a certificate counts by webhook_ca and the name alone', async () => {
  const authority = await makeAuthority('ecdsa');
  const key = await makeKey('ecdsa');
  const issued = async (name: string) =>
    signCertificate(
      { pem: authority.certificate, key: authority.key },
      { publicKey: publicKeyOf(key), names: [name], days: 2 },
    );
  const b = await bench();
  const folder = await mkdtemp(join(tmpdir(), 'provision-webhook-ca-'));
  opened.push({ close: async () => await rm(folder, { recursive: true }) });
  const caFile = join(folder, 'ca.pem');
  await writeFile(caFile, authority.certificate);
  const trusting = await bench({ caFile });
  const good = await receiver({ tls: { cert: await issued('127.0.0.1'), key } });
  const wrong = await receiver({ tls: { cert: await issued('elsewhere.example.com'), key } });
  const errorOf = async (on: WebhookBench, url: string) => {
    const path = `port/${new URL(url).port}`;
    const hook = await on.add({ url, path });
    await on.push('1', path);
    await on.pass();
    const [delivery] = await on.deliveries.list(hook.id, 1, undefined);
    return (await on.deliveries.triesOf(delivery?.id ?? ''))[0]?.error;
  };
  expect(await errorOf(b, good.url)).toMatch(/unable to (verify the first|get local issuer) certificate|self-signed/);
  expect(await errorOf(trusting, good.url)).toBe('');
  expect(await errorOf(trusting, wrong.url)).toMatch(/does not match certificate/);
  expect(good.received).toHaveLength(1);
  expect(wrong.received).toEqual([]);
});

it('a name is asked for once a try, and what it names then is refused or used: no second answer counts', async () => {
  const r = await receiver({ host: '127.0.0.2' });
  const inner = await receiver({ host: '127.0.0.1' });
  const answers = [['127.0.0.2'], ['127.0.0.1'], ['127.0.0.2', '127.0.0.1'], ['::ffff:7f00:1']];
  let asked = 0;
  const b = await bench({
    allow: ['127.0.0.2'],
    resolve: async (host) => {
      expect(host).toBe('rebound.example.com');
      const found = answers[asked] ?? [];
      asked += 1;
      return found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    },
  });
  await b.add({ url: `http://rebound.example.com:${r.port}/` });
  for (const [at, count] of [1, 1, 1, 1].entries()) {
    await b.push(String(at));
    await b.pass();
    expect(asked).toBe(at + 1);
    expect(r.received).toHaveLength(count);
    b.clock.now += 1;
  }
  expect(inner.received).toEqual([]);
  const { tries } = await only(b);
  expect(tries[0]?.error).toMatch(
    /^the address rebound\.example\.com \(::ffff:7f00:1\) is refused: it is loopback\. An administrator/,
  );
});

it('secrets are in no table, whatever a receiver sends back', async () => {
  const b = await bench();
  const r = await receiver();
  r.answer = (response, { headers, path }) => {
    const { authorization = '', 'x-key': key = '' } = headers;
    response.writeHead(401, { 'www-authenticate': authorization, 'x-echo': encodeURIComponent(String(key)) });
    response.end(`you sent ${authorization} to ${path}, ${JSON.stringify(headers)}, ${btoa(String(key))}`);
  };
  const secret = 'canary-basic-password-41';
  const headers = { authorization: `Basic ${btoa(`me:${secret}`)}`, 'x-key': 'canary "key" 42' };
  const hook = await b.add({ url: `${r.url}/services/T0/canary-path-token-43?key=canary-query-44444`, headers });
  await b.push('1');
  await b.pass();
  expect((await only(b)).tries[0]?.response_body).toMatch(/^you sent … to …?/);
  const { secrets } = b.webhooks.open(hook);
  const canaries = [
    secret,
    btoa(`me:${secret}`),
    'canary "key" 42',
    encodeURIComponent('canary "key" 42'),
    btoa('canary "key" 42'),
    'canary-path-token-43',
    'canary-query-44444',
    ...secrets.map((each) => each.secret.slice('whsec_'.length)),
  ];
  const tables = ['webhooks', 'webhook_deliveries', 'webhook_tries', 'service_events', 'audit'] as const;
  const all = await Promise.all(
    tables.map(async (table) => await b.database.db.selectFrom(table).selectAll().execute()),
  );
  const text = JSON.stringify(all) + b.log.join('\n');
  expect(canaries.filter((each) => text.includes(each) || text.includes(JSON.stringify(each).slice(1, -1)))).toEqual(
    [],
  );
});

it('while a secret changes, both sign', async () => {
  const b = await bench();
  const r = await receiver();
  const hook = await b.add({ url: r.url });
  const { row } = await b.webhooks.rotateSecret(hook, hour, undefined, b.clock.now);
  await b.push('1');
  await b.pass();
  const [first] = r.received;
  expect(String(first?.headers['webhook-signature']).split(' ')).toHaveLength(2);
  b.clock.now += hour;
  await b.push('2');
  await b.pass();
  expect(String(r.received[1]?.headers['webhook-signature']).split(' ')).toHaveLength(1);
  expect(b.webhooks.open(row).secrets).toHaveLength(2);
  expect(makeWebhookSecret()).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
});

it('what is old is deleted, and what waits is not', async () => {
  const b = await bench();
  const r = await receiver({ answer: (response) => response.writeHead(500).end() });
  const hook = await b.add({ url: r.url });
  await b.push('waits');
  await b.pass();
  r.answer = (response) => response.writeHead(204).end();
  await b.push('done');
  await b.pass();
  await deleteOld(b.database, { days: 30, rows: 1000 }, b.clock.now);
  expect(await b.deliveries.list(hook.id, 10, undefined)).toHaveLength(2);
  await deleteOld(b.database, { days: 30, rows: 1000 }, b.clock.now + 31 * 24 * hour);
  expect((await b.deliveries.list(hook.id, 10, undefined)).map(({ subject }) => subject)).toEqual([
    'main/team/app:waits',
  ]);
  expect(await b.database.db.selectFrom('service_events').selectAll().execute()).toEqual([]);
  for (let count = 0; count < 5; count += 1) await b.push(String(count));
  await b.pass();
  await b.pass();
  await b.pass();
  await deleteOld(b.database, { days: 30, rows: 2 }, b.clock.now);
  const left = await b.deliveries.list(hook.id, 10, undefined);
  expect(left.map(({ subject, state }) => `${subject.split(':')[1]} ${state}`)).toEqual([
    '4 delivered',
    '3 delivered',
    'waits waiting',
  ]);
});
