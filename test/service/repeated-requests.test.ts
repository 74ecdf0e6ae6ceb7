import { once } from 'node:events';
import { type AddressInfo, createServer, connect as dial } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Groups } from '../../src/service/access/accounts/groups.js';
import { KeptAnswers } from '../../src/service/store/kept-answers.js';
import { connect } from '../../src/service-client/connect.js';
import { admin, type TestService, testService } from './service-kit.js';

let service: TestService;
beforeAll(async () => {
  service = await testService({ registry: false });
});
afterAll(() => service.close());

const post = (path: string, body: object, key: string, as: readonly [string, string] = admin) =>
  service.send(`POST /api/v1/${path}`, body, as, { 'Idempotency-Key': key });

test('a request whose answer was lost made a second account, token or job when it was sent again', async () => {
  const bob = { name: 'bob', password: 'a long password' };
  const first = await post('users', bob, 'one');
  const again = await post('users', bob, 'one');
  expect([first.status, again.status, again.body]).toEqual([201, 201, first.body]);
  expect(again.headers.get('location')).toBe('/api/v1/users/bob');
  expect([first, again].map(({ headers }) => headers.get('idempotency-replayed'))).toEqual([null, 'true']);
  // A secret that is shown once is in the second answer, and in no table.
  const token = await post('tokens', { label: 'ci' }, '"two"');
  expect((await post('tokens', { label: 'ci' }, '"two"')).body).toEqual(token.body);
  expect((await service.send('GET /api/v1/tokens')).body.items).toHaveLength(1);
  // A key is of one account.
  expect((await post('tokens', { label: 'ci' }, 'two', ['bob', 'a long password'])).body.id).not.toBe(token.body.id);
  const gone = () => service.send('DELETE /api/v1/users/bob', undefined, admin, { 'Idempotency-Key': 'three' });
  expect([(await gone()).status, (await gone()).status]).toEqual([204, 204]);
});

test('a key that is sent with another request, or is none, is refused', async () => {
  await post('groups', { name: 'team' }, 'four');
  expect(await post('groups', { name: 'others' }, 'four')).toMatchObject({ status: 422 });
  expect(await post('groups', { name: 'others' }, 'a b')).toMatchObject({ status: 400 });
  expect(await post('groups', { name: 'others' }, 'x'.repeat(256))).toMatchObject({ status: 400 });
  expect((await service.send('GET /api/v1/groups')).body.items).toHaveLength(1);
});

test('what was refused is tried again with its key, and two at once are done once', async () => {
  expect(await post('groups/team/members/carl', {}, 'five')).toMatchObject({ status: 404 });
  expect(await post('users', { name: 'carl', password: 'x' }, 'six')).toMatchObject({ status: 422 });
  const carl = { name: 'carl', password: 'a long password' };
  const all = await Promise.all([1, 2, 3, 4].map(() => post('users', carl, 'six')));
  const statuses = all.map(({ status }) => status);
  expect(statuses).toContain(201);
  expect(statuses.every((status) => status === 201 || status === 409)).toBe(true);
  expect((await post('users', carl, 'six')).body).toMatchObject({ name: 'carl' });
});

test('a change that failed in its middle was begun again when it was sent again', async () => {
  const make = Groups.prototype.create;
  const spy = vi.spyOn(Groups.prototype, 'create').mockImplementationOnce(async function (this: Groups, name) {
    await make.call(this, name);
    throw new Error('the disk is full');
  });
  const first = await post('groups', { name: 'half' }, 'seven');
  const again = await post('groups', { name: 'half' }, 'seven');
  expect([first.status, again.status, again.body]).toEqual([500, 500, first.body]);
  expect(again.headers.get('content-type')).toBe(first.headers.get('content-type'));
  expect(spy).toHaveBeenCalledTimes(1);
  spy.mockRestore();
});

test('an answer that can not be kept fails the request, once', async () => {
  const keep = vi.spyOn(KeptAnswers.prototype, 'keep').mockRejectedValue(new Error('the database is gone'));
  expect(await post('groups', { name: 'unkept' }, 'eight')).toMatchObject({ status: 500 });
  keep.mockRestore();
  // What was done is not done again.
  expect(await post('groups', { name: 'unkept' }, 'eight')).toMatchObject({ status: 409 });
});

test('the client sends what was cut again, and the service does it once', async () => {
  let connections = 0;
  const { hostname, port } = new URL(service.url);
  // Cuts the first answer off, when the service has done what it was asked.
  const proxy = createServer((socket) => {
    connections += 1;
    const upstream = dial(Number(port), hostname);
    for (const each of [socket, upstream]) each.on('error', () => {}); // One is cut by the test, the other with it.
    socket.pipe(upstream);
    if (connections === 1) upstream.once('data', () => socket.destroy());
    else upstream.pipe(socket);
    socket.once('close', () => upstream.destroy());
  });
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  const [name, password] = admin;
  const { port: own } = proxy.address() as AddressInfo;
  const client = connect({ url: `http://127.0.0.1:${own}`, account: { name, password } });
  expect(await client.users.create({ name: 'dora', password: 'a long password' })).toMatchObject({ name: 'dora' });
  expect(connections).toBeGreaterThan(1);
  proxy.close();
});
