import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServiceConfig } from '../../src/service/config/config-schema.js';
import { freePort } from '../registry/proxy/start-registry.js';
import { directoryEntries, passwords } from './directory-entries.js';
import { type ApiAnswer, admin, type Credentials, type TestService, testService } from './service-kit.js';
import { base, reader, type Slapd, startSlapd } from './slapd-kit.js';

/* Accounts of a real slapd: who may log in, what of it, and what happens when the directory changes, or is away. */

let slapd: Slapd;
beforeAll(async () => {
  slapd = await startSlapd(directoryEntries);
});
afterAll(async () => await slapd.close());

const people = `ou=people,${base}`;
const groups = `ou=groups,${base}`;

/** Options of a service with the directory, found by `ldaps://`. */
const withDirectory = (more: ServiceConfig = {}): ServiceConfig => ({
  registry: false,
  registries: [{ name: 'local', host: '127.0.0.1:1', read_only: false }],
  ldap_url: slapd.secureUrl,
  ldap_ca: slapd.ca,
  ldap_bind_dn: reader,
  ldap_password_file: slapd.readerPassword,
  ldap_base: people,
  ldap_user_filter: '(&(objectClass=inetOrgPerson)(|(uid={name})(mail={name})))',
  ldap_group_base: groups,
  ldap_timeout: 3,
  ...more,
});

const basic = (name: keyof typeof passwords) => [name, passwords[name]] as const;
const session = (service: TestService, as: Credentials) => service.send('GET /api/v1/session', undefined, as);
const groupsOf = async (service: TestService, name: string) => {
  const all = (await service.send('GET /api/v1/groups?limit=500')).body.items as { name: string }[];
  const found = await Promise.all(
    all.map(async (group) => (await service.send(`GET /api/v1/groups/${group.name}`)).body),
  );
  return found.filter(({ members }) => members.includes(name)).map((group) => group.name as string);
};
const audit = async (service: TestService, verb: string) =>
  (await service.send(`GET /api/v1/audit?limit=500&verb=${verb}`)).body.items as {
    actor: string;
    object: string;
    outcome: string;
    reason: string;
    detail: Record<string, unknown>;
  }[];

describe('logins', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await testService(withDirectory());
  });
  afterAll(async () => await service.close());

  it('of docker make an account that owns what lies below its name, with the groups of the directory', async () => {
    const token = await service.token('service=local&scope=repository:alice/app:push,pull', basic('alice'));
    expect(token.status).toBe(200);
    const [access] = JSON.parse(Buffer.from(token.body.token.split('.')[1], 'base64url').toString()).access;
    expect(access.actions.sort()).toEqual(['pull', 'push']);
    expect((await service.send('GET /api/v1/users/alice')).body).toMatchObject({
      source: 'ldap',
      fullName: 'Alice Liddell',
      email: 'alice@example.com',
      admin: false,
      lastLoginAt: expect.any(String),
    });
    expect(await groupsOf(service, 'alice')).toEqual(['ops']);
    expect((await audit(service, 'user.create')).find(({ object }) => object === 'alice')).toMatchObject({
      actor: 'ldap',
      detail: { source: 'ldap', id: expect.stringMatching(/^id:[0-9a-f-]{36}$/) },
    });
  });

  it('of pages begin a session', async () => {
    const [name, password] = basic('alice');
    const answer = await service.send('POST /api/v1/session', { name, password }, null);
    expect([answer.status, answer.body.name]).toEqual([201, 'alice']);
    expect(answer.headers.get('set-cookie')).toMatch(/^__Host-provision=[\w-]{43}; Path=\/; HttpOnly; Secure/);
  });

  it('with a wrong password are refused, as those of nobody', async () => {
    const answers = [
      await session(service, ['alice', 'wrong']),
      await session(service, ['not-there', 'wrong']),
      await session(service, ['nopassword', 'wrong']),
    ];
    expect(answers.map(({ status, body }) => [status, body.detail])).toEqual(
      answers.map(() => [401, 'the name or the password is wrong']),
    );
  });

  it('without a password are refused, though the server would take them', async () => {
    const before = slapd.log().length;
    expect((await session(service, ['bob', ''])).status).toBe(401);
    expect((await service.token('service=local', ['bob', ''])).status).toBe(401);
    expect((await service.send('POST /api/v1/session', { name: 'bob', password: '' }, null)).status).toBe(422);
    expect(slapd.log().slice(before)).not.toContain('BIND dn="uid=bob');
    expect((await service.send('GET /api/v1/users/bob')).status).toBe(404);
  });

  it.each([
    '*',
    'ali*',
    'alice)(uid=*',
    '*)(objectClass=*))(|(uid=alice',
    'alice))(|(uid=*',
    'alice\\2a',
    '\\61lice',
    'alice\\',
    '(alice',
    '&(uid=alice)',
    'uid=alice,ou=people,dc=example,dc=com',
  ])('by the name %s find nobody', async (name) => {
    expect((await session(service, [name, passwords.alice])).status).toBe(401);
    expect(service.log.join('')).not.toContain('ldap');
  });

  it('take names in any case, in other scripts, and DNs with all that they can hold', async () => {
    const names = [
      await session(service, ['CARL', passwords.carl]),
      await session(service, ['carl', passwords.carl]),
      await session(service, ['cArL', passwords.carl]),
      await session(service, ['alice@example.com', passwords.alice]),
      await session(service, basic('jürgen')),
      await session(service, ['juergen', passwords.jürgen]),
      await session(service, basic('jane')),
    ].map(({ status, body }) => [status, body.name, body.fullName]);
    expect(names).toEqual([
      [200, 'carl', 'Carl'],
      [200, 'carl', 'Carl'],
      [200, 'carl', 'Carl'],
      [200, 'alice', 'Alice Liddell'],
      [200, 'juergen', 'Jürgen Größe'],
      [200, 'juergen', 'Jürgen Größe'],
      [200, 'jane', 'Doe, Jane (x) *\\#'],
    ]);
    expect(await groupsOf(service, 'jane')).toEqual(['ops']);
  });

  it('take over no account of the service', async () => {
    expect((await session(service, ['anna', 'another annas password'])).status).toBe(401);
    const other = await session(service, ['ANNA', 'another annas password']);
    expect([other.status, other.body.detail]).toEqual([
      401,
      'there is another account of the name anna: ask an administrator',
    ]);
    expect((await service.send('GET /api/v1/users/anna')).body).toMatchObject({ source: 'local', admin: true });
    await service.send('POST /api/v1/users/anna/unlock');
  });

  it('are refused where a name means several users, or is no name of an account', async () => {
    const twin = await session(service, ['twin', 'left or right']);
    const library = await session(service, ['library', 'a reserved word']);
    expect([twin.status, twin.body.detail, library.status, library.body.detail]).toEqual([
      401,
      'the directory has several users of this name: ask an administrator',
      401,
      expect.stringContaining('is a word of the service itself'),
    ]);
    expect(service.log.join('')).toContain('more than one user is found by the name "twin"');
  });

  it('count guesses for the user, however the name is written', async () => {
    const spellings = ['bob', 'BOB', 'Bob', 'bOb', 'boB', 'BOb', 'bOB'];
    for (const name of spellings) await session(service, [name, `guess of ${name}`]);
    const blocked = await session(service, ['BoB', passwords.bob]);
    expect([blocked.status, blocked.headers.get('retry-after')]).toEqual([401, expect.stringMatching(/^\d+$/)]);
    await service.send('POST /api/v1/users', { name: 'bob', source: 'ldap' });
    await service.send('POST /api/v1/users/bob/unlock');
    expect((await session(service, ['BoB', passwords.bob])).status).toBe(200);
  });

  it('leave no password in the database, the audit or the log', async () => {
    const { body } = await service.send('GET /api/v1/audit?limit=500');
    const texts = [JSON.stringify(body), service.log.join('')].join('');
    for (const password of [...Object.values(passwords), 'reading']) expect(texts).not.toContain(password);
  });

  it('are shown to administrators before they happen', async () => {
    const look = async (name: string) => (await service.send('POST /api/v1/directories/ldap/look', { name })).body;
    expect(await look('jürgen')).toMatchObject({ name: 'juergen', account: 'juergen', admin: null, problem: null });
    expect(await look('anna')).toMatchObject({ problem: expect.stringContaining('another account') });
    expect(await look('alice')).toMatchObject({
      dn: `uid=alice,${people}`,
      directoryGroups: expect.arrayContaining(['ops', 'Team Blau & Grün']),
    });
    expect((await service.send('POST /api/v1/directories/ldap/look', { name: '*' })).status).toBe(404);
    expect((await service.send('POST /api/v1/directories/ldap/look', { name: 'alice' }, basic('alice'))).status).toBe(
      403,
    );
  });
});

describe('groups', () => {
  it('map to those of the service, in groups too, and one makes administrators', async () => {
    const service = await testService(
      withDirectory({
        ldap_nested_groups: true,
        ldap_group_map: {
          staff: 'employees',
          [`CN=Ops, ${groups}`]: 'operators',
          'team blau & grün': 'blue',
          wheel: 'wheel',
        },
        ldap_admin_group: 'admins',
      }),
    );
    try {
      await service.send('POST /api/v1/groups', { name: 'operators' });
      await session(service, basic('alice'));
      await session(service, basic('bob'));
      expect(await groupsOf(service, 'alice')).toEqual(['blue', 'employees', 'operators']);
      // wheel has a user called ops: that makes nobody of the group ops a member.
      expect(await groupsOf(service, 'bob')).toEqual(['wheel']);
      expect((await service.send('GET /api/v1/users', undefined, basic('bob'))).status).toBe(200);
      expect((await service.send('GET /api/v1/users', undefined, basic('alice'))).status).toBe(403);
      const removed = await service.send('DELETE /api/v1/groups/operators/members/alice');
      expect([removed.status, removed.body.detail]).toEqual([409, expect.stringContaining('come from ldap')]);
    } finally {
      await service.close();
    }
  });

  it('come from the entry itself, and none gets the rights of a group that happens to be called so', async () => {
    const service = await testService(
      withDirectory({ ldap_group_base: undefined, ldap_member_of_attribute: 'memberOf' }),
    );
    try {
      await service.send('POST /api/v1/groups', { name: 'ops' });
      await session(service, basic('alice'));
      expect(await groupsOf(service, 'alice')).toEqual([]);
      await service.send('DELETE /api/v1/groups/ops');
      await service.send('PATCH /api/v1/users/alice', { fullName: 'x' });
      await session(service, basic('alice'));
      expect(await groupsOf(service, 'alice')).toEqual(['ops']);
    } finally {
      await service.close();
    }
  });
});

describe('changes in the directory', () => {
  let service: TestService;
  let token: string;
  let cookie: string;
  let identity: string;
  beforeAll(async () => {
    service = await testService(withDirectory({ ldap_refresh: 1, ldap_admin_group: 'Admins' }));
    const [name, password] = ['dora', 'dora the first'];
    await slapd.change(
      `dn: uid=dora,${people}\nobjectClass: inetOrgPerson\nuid: dora\ncn: Dora\nsn: x\nuserPassword: ${password}\n`,
    );
    await slapd.change(`dn: cn=Admins,${groups}\nchangetype: modify\nadd: member\nmember: uid=dora,${people}\n`);
    const login = await service.send('POST /api/v1/session', { name, password }, null);
    expect(login.body.admin).toBe(true);
    cookie = login.headers.get('set-cookie')?.split(';')[0] ?? '';
    const made = await service.send('POST /api/v1/tokens', { label: 'ci', api: 'read' }, [name, password]);
    token = made.body.secret;
    const offline = await service.token('service=local&offline_token=true', [name, password]);
    identity = offline.body.refresh_token;
  });
  afterAll(async () => await service.close());

  const bearer = () => session(service, `Bearer ${token}`);
  const withCookie = async () => (await fetch(`${service.url}/api/v1/session`, { headers: { Cookie: cookie } })).status;
  const withIdentity = async () =>
    (
      await fetch(`${service.url}/token`, {
        method: 'POST',
        body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: identity, service: 'local' }),
      })
    ).status;
  const aMoment = () => new Promise((resolve) => setTimeout(resolve, 1100));

  it('take rights away while a token goes on', async () => {
    await slapd.change(`dn: cn=Admins,${groups}\nchangetype: modify\ndelete: member\nmember: uid=dora,${people}\n`);
    await aMoment();
    expect((await bearer()).body.admin).toBe(false);
    expect(await withIdentity()).toBe(200);
  });

  it('keep an account with its user, whatever the name and place', async () => {
    await slapd.change(
      `dn: uid=dora,${people}\nchangetype: modrdn\nnewrdn: uid=dorothea\ndeleteoldrdn: 1\nnewsuperior: ou=left,${people}\n`,
    );
    await aMoment();
    expect((await bearer()).body.name).toBe('dora');
    expect((await session(service, ['dorothea', 'dora the first'])).body.name).toBe('dora');
    await slapd.change(
      `dn: uid=dora,${people}\nobjectClass: inetOrgPerson\nuid: dora\ncn: Dora\nsn: x\nuserPassword: dora the second\n`,
    );
    const second = await session(service, ['dora', 'dora the second']);
    expect([second.status, second.body.detail]).toEqual([
      401,
      expect.stringContaining('another account of the name dora'),
    ]);
  });

  it('end sessions and logins of a user who is gone, and let the tokens rest', async () => {
    expect(await withCookie()).toBe(200);
    await slapd.change(`dn: uid=dorothea,ou=left,${people}\nchangetype: delete\n`);
    await aMoment();
    const gone = await bearer();
    expect([gone.status, gone.body.detail]).toEqual([
      401,
      'the directory has no such user any more: ask an administrator',
    ]);
    expect([await withCookie(), await withIdentity()]).toEqual([401, 401]);
    expect((await service.send('GET /api/v1/users/dora')).body.gone).toBe(true);
    expect((await audit(service, 'user.gone')).map(({ actor, object }) => [actor, object])).toEqual([['ldap', 'dora']]);
  });
});

describe('a directory that is away', () => {
  it('stops nobody who has a token, and calls no password wrong', async () => {
    const service = await testService(withDirectory({ ldap_refresh: 1 }));
    try {
      const { secret } = (await service.send('POST /api/v1/tokens', { label: 'ci', api: 'read' }, basic('alice'))).body;
      const offline = await service.token('service=local&offline_token=true', ['alice', secret]);
      await slapd.stop();
      await new Promise((resolve) => setTimeout(resolve, 1100));
      const answers: ApiAnswer[] = [];
      for (const name of ['bob', 'BOB', 'carl', 'nobody']) answers.push(await session(service, [name, passwords.bob]));
      expect(answers.map(({ status }) => status)).toEqual([503, 503, 503, 503]);
      expect(answers[0]?.body).toMatchObject({
        type: '/api/v1/problems/unavailable',
        detail: 'the directory of accounts does not answer: try again later, or use an access token',
      });
      const docker = await service.token('service=local', basic('bob'));
      expect([docker.status, docker.body.errors[0].code, docker.headers.get('retry-after')]).toEqual([
        503,
        'UNAVAILABLE',
        '10',
      ]);
      const page = await service.send('POST /api/v1/session', { name: 'bob', password: passwords.bob }, null);
      expect(page.status).toBe(503);
      expect((await session(service, admin)).status).toBe(200);
      expect((await session(service, `Bearer ${secret}`)).status).toBe(200);
      expect((await service.token('service=local&scope=repository:alice/a:pull', ['alice', secret])).status).toBe(200);
      const refresh = new URLSearchParams({
        grant_type: 'refresh_token',
        service: 'local',
        refresh_token: offline.body.refresh_token,
      });
      expect((await fetch(`${service.url}/token`, { method: 'POST', body: refresh })).status).toBe(200);
      expect((await audit(service, 'login')).filter(({ outcome }) => outcome === 'failed')).not.toEqual([]);
      await slapd.start();
      await new Promise((resolve) => setTimeout(resolve, 3100));
      expect((await session(service, basic('bob'))).status).toBe(200);
    } finally {
      await service.close();
    }
  });

  it('is another one of its servers, where there are several', async () => {
    const service = await testService(
      withDirectory({ ldap_url: `ldaps://127.0.0.1:${await freePort()} ${slapd.secureUrl}` }),
    );
    try {
      expect((await session(service, basic('alice'))).status).toBe(200);
    } finally {
      await service.close();
    }
  });
});

describe('connections', () => {
  it.each(['StartTLS', 'no TLS, on this machine'])('are made by %s', async (way) => {
    const service = await testService(
      withDirectory({
        ldap_url: slapd.url,
        ldap_starttls: way === 'StartTLS',
        ...(way === 'StartTLS' ? {} : { ldap_ca: undefined }),
      }),
    );
    const before = slapd.log().length;
    try {
      expect((await session(service, basic('alice'))).status).toBe(200);
      expect(slapd.log().slice(before).includes('STARTTLS')).toBe(way === 'StartTLS');
    } finally {
      await service.close();
    }
  });

  it.each([
    ['a certificate of somebody else', () => ({ ldap_ca: undefined }), 'self-signed certificate|unable to'],
    [
      'StartTLS with one',
      () => ({ ldap_url: slapd.url, ldap_starttls: true, ldap_ca: undefined }),
      'self-signed certificate|unable to',
    ],
    ['a wrong password of the searching account', () => ({ ldap_password_file: slapd.ca }), `refuses ${reader}`],
    ['a base that is not there', () => ({ ldap_base: `ou=nowhere,${base}` }), 'result 32'],
  ] as const)('with %s give no answer, and the log says why', async (_, more, reason) => {
    const service = await testService(withDirectory(more()));
    try {
      expect((await session(service, basic('alice'))).status).toBe(503);
      expect(service.log.join('')).toContain('ldap: ');
      expect(reason.split('|').some((each) => service.log.join('').includes(each))).toBe(true);
    } finally {
      await service.close();
    }
  });

  it.each([
    ['refuses StartTLS', '300c02010178070a0102040004 00'],
    ['says more before TLS begins', '300c02010178070a010004000400300c02010261070a010004000400'],
    ['answers something else', '485454502f312e3120323030204f4b0d0a'],
    ['says nothing', ''],
  ])('to a server that %s send no password', async (_, hex) => {
    const heard: string[] = [];
    const server = createServer((socket) => {
      socket.on('error', () => {}); // The other side may leave at any time.
      socket.on('data', (data) => {
        heard.push(data.toString('latin1'));
        socket.write(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
      });
    });
    const service = await testService(
      withDirectory({ ldap_url: `ldap://127.0.0.1:${await listening(server)}`, ldap_starttls: true, ldap_timeout: 1 }),
    );
    try {
      expect((await session(service, basic('alice'))).status).toBe(503);
      expect(heard.join('')).toContain('1.3.6.1.4.1.1466.20037');
      expect(heard.join('')).not.toContain('reading');
      expect(heard.join('')).not.toContain(passwords.alice);
    } finally {
      await service.close();
      server.close();
    }
  });

  it('follow no reference to another server', async () => {
    const visits: string[] = [];
    const trap = createServer((socket) => {
      visits.push(String(socket.remotePort));
      socket.destroy();
    });
    const port = await listening(trap);
    await slapd.change(
      `dn: ou=trap,${people}\nobjectClass: referral\nobjectClass: extensibleObject\nou: trap\nref: ldap://127.0.0.1:${port}/ou=trap,${people}\n`,
    );
    const service = await testService(withDirectory());
    try {
      expect((await session(service, basic('alice'))).status).toBe(200);
      expect((await session(service, ['not-there', 'x'])).status).toBe(401);
      expect(visits).toEqual([]);
    } finally {
      await service.close();
      trap.close();
    }
  });
});

describe('accounts that an administrator makes', () => {
  it('wait for their user; without one nobody gets in', async () => {
    const service = await testService(withDirectory({ ldap_create: false }));
    try {
      const none = await session(service, basic('alice'));
      expect([none.status, none.body.detail]).toEqual([
        401,
        'there is no account for you here yet: ask an administrator',
      ]);
      expect(
        (await service.send('POST /api/v1/users', { name: 'alice', source: 'ldap', password: 'a password' })).status,
      ).toBe(422);
      expect((await service.send('POST /api/v1/users', { name: 'alice', source: 'ldap', admin: true })).status).toBe(
        201,
      );
      // The refusal of a moment ago is remembered for the account as it was.
      const alice = await session(service, basic('alice'));
      expect([alice.status, alice.body]).toEqual([
        200,
        expect.objectContaining({ name: 'alice', admin: true, source: 'ldap' }),
      ]);
    } finally {
      await service.close();
    }
  });

  it('are refused where they are disabled', async () => {
    const service = await testService(withDirectory());
    try {
      await session(service, basic('alice'));
      await service.send('PATCH /api/v1/users/alice', { disabled: true });
      const refused = await session(service, basic('alice'));
      expect([refused.status, refused.body.detail]).toEqual([401, 'this account is disabled: ask an administrator']);
    } finally {
      await service.close();
    }
  });

  it('can still be made at first, though somebody of the directory was faster', async () => {
    const service = await testService(withDirectory(), false);
    try {
      expect((await session(service, basic('alice'))).status).toBe(200);
      const [name, password] = admin;
      const made = await service.send('POST /api/v1/setup', { token: service.setupToken, name, password }, null);
      expect([made.status, made.body.admin]).toEqual([201, true]);
    } finally {
      await service.close();
    }
  });
});

describe('a filter that cannot be read', () => {
  it.each([
    ['(uid={name}', 'ldap_user_filter: cannot be read'],
    ['(uid=alice)', 'ldap_user_filter: must have {name}'],
    ['(uid:caseExactMatch:={name})', 'must stand behind a plain "="'],
  ])('%s is told at the start', async (filter, message) => {
    await expect(testService(withDirectory({ ldap_user_filter: filter }))).rejects.toThrow(message);
  });
});

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
