import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TestService, testService } from './service-kit.js';

let service: TestService;
const bob = ['bob', 'a long pass phrase'] as const;

beforeAll(async () => {
  service = await testService();
  await service.send('POST /api/v1/users', { name: 'bob', password: bob[1], fullName: 'Robert 100% Müller' });
  await service.send('POST /api/v1/users', { name: 'carl', password: bob[1], email: 'carl@example.com' });
  await service.send('POST /api/v1/groups', { name: 'ops' });
  await service.send('PUT /api/v1/groups/ops/members/bob');
  const grant = { subject: { kind: 'group', name: 'ops' }, path: 'team/', role: 'owner' };
  await service.send('POST /api/v1/grants', grant);
  await service.send('POST /api/v1/robots', { name: 'team+ci' });
});
afterAll(async () => await service.close());

it('users see their groups and the rights that come from them', async () => {
  const { status, body } = await service.send('GET /api/v1/users/bob/rights', undefined, bob);
  expect(status).toBe(200);
  expect(body.groups).toEqual([{ name: 'ops', source: 'local' }]);
  const told = body.grants.map(({ subject, path, role }: Record<string, unknown>) => ({ subject, path, role }));
  expect(told).toEqual([
    { subject: { kind: 'account', name: 'bob' }, path: 'bob/', role: 'owner' },
    { subject: { kind: 'group', name: 'ops' }, path: 'team/', role: 'owner' },
  ]);
});

it("nobody sees another user's rights, and owners see those of their robots", async () => {
  expect((await service.send('GET /api/v1/users/carl/rights', undefined, bob)).status).toBe(404);
  expect((await service.send('GET /api/v1/robots/team+ci/rights', undefined, bob)).status).toBe(200);
  expect((await service.send('GET /api/v1/robots/team+ci/rights', undefined, ['carl', bob[1]])).status).toBe(404);
});

it.each([
  ['bo', ['bob']],
  ['ROBERT', ['bob']],
  ['100%', ['bob']],
  ['%', ['bob']],
  ['example.com', ['carl']],
  ['_', []],
  ["' or 1=1 --", []],
])('users are found by %j in what they are called', async (text, names) => {
  const { body } = await service.send(`GET /api/v1/users?q=${encodeURIComponent(text)}`);
  expect(body.items.map(({ name }: { name: string }) => name)).toEqual(names);
});

it('the audit is narrowed to an outcome and a time', async () => {
  const now = encodeURIComponent(new Date(Date.now() + 60_000).toISOString());
  await service.send('GET /api/v1/users', undefined, ['bob', 'wrong pass phrase']);
  const refused = await service.send(`GET /api/v1/audit?outcome=refused&until=${now}`);
  expect(refused.body.items).toMatchObject([{ verb: 'login', actor: 'bob', outcome: 'refused' }]);
  expect((await service.send(`GET /api/v1/audit?since=${now}`)).body.items).toEqual([]);
  expect((await service.send('GET /api/v1/audit?since=yesterday')).status).toBe(422);
});
