import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { z } from 'zod';
import { converge, planFrom } from '../../../test/kit/converge-locally.js';
import { instancesOf } from '../instance/instance.js';
import type { RegistryInstance } from '../instance/registry-instance.js';
import { containerMounts } from '../runtime/container-mounts.js';
import { hasSecrets, registryConfig } from '../runtime/registry-config.js';
import { vars } from '../vars.js';
import { settings_by_api } from './settings-by-api.js';
import { settings_on_host } from './settings-on-host.js';
import { nameThere, serviceOf, trusting } from './trusted-service.js';

const facts = { os_family: 'debian', uid: 0, home: '/root' } as const;
const pem = '-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n';
const settings = {
  realm: 'https://svc:8443/token',
  service: 'reg1',
  issuer: 'provision',
  rootcertbundle: pem,
  notifications: {
    url: 'https://svc:8443/api/v1/registries/reg1/notifications',
    headers: { Authorization: ['Bearer s3cret'] },
  },
};

function told(given: z.input<typeof vars>, registered: unknown = { settings }): RegistryInstance {
  const [instance] = instancesOf(vars.parse(given), facts);
  const service = instance && serviceOf(instance);
  if (instance === undefined || service === undefined) throw new Error('no service');
  return trusting(instance, service, { results: new Map([[`settings of ${instance.name}`, registered]]), facts });
}

const auth = { service: { host: 'svc', ca: 'own-ca' } } as const;

describe('a registry that trusts a service', () => {
  it('has its token server and endpoint, in the words of 2.8', () => {
    const instance = told({ registry_auth: auth });
    expect(stringify(registryConfig(instance))).toMatchInlineSnapshot(`
      "version: 0.1
      log:
        fields:
          service: registry
      storage:
        cache:
          blobdescriptor: inmemory
        filesystem:
          rootdirectory: /var/lib/docker-registry
      http:
        addr: :5000
        headers:
          X-Content-Type-Options:
            - nosniff
      auth:
        token:
          realm: https://svc:8443/token
          service: reg1
          issuer: provision
          rootcertbundle: /etc/docker/registry/registry.token.pem
      notifications:
        endpoints:
          - name: provision
            url: https://svc:8443/api/v1/registries/reg1/notifications
            headers:
              Authorization:
                - Bearer s3cret
            timeout: 5s
            threshold: 5
            backoff: 10s
            ignoredmediatypes:
              - application/octet-stream
      "
    `);
    expect(hasSecrets(instance)).toBe(true);
    expect(instance.serviceCa).toBe('/etc/docker/registry/proxy/registry/service.crt');
  });

  it('has them in the words of 3.x, with the one algorithm that is used', () => {
    const three = { registry_runtime: 'docker', registry_image: 'registry:3.1.1' } as const;
    const instance = told({ ...three, registry_auth: auth });
    const { auth: section, notifications } = registryConfig(instance) as Record<string, object>;
    expect(section).toMatchObject({ token: { signingalgorithms: ['ES256'] } });
    expect(notifications).toMatchObject({ endpoints: [{ ignore: { mediatypes: ['application/octet-stream'] } }] });
    expect(containerMounts(instance)).toEqual([
      'type=bind,source=/var/lib/registry,target=/var/lib/registry',
      'type=bind,source=/etc/docker/registry/registry.token.pem,target=/etc/docker/registry/registry.token.pem,readonly',
      'type=bind,source=/etc/docker/registry/proxy/registry,target=/etc/provision/proxy-ca,readonly',
    ]);
  });

  it.each([
    [{ registry_auth: { service: { host: 'svc', notifications: false } } }],
    [{ registry_auth: auth, registry_runtime: 'embedded', registry_read_only: true }],
  ] as const)('notifies nobody with %j', (given) => {
    expect(told(given).vars.registry_notifications).toEqual([]);
  });

  it('keeps the endpoints of the site, and those of a service without an administrator are none', () => {
    const mine = { name: 'mine', url: 'https://example.com/hook' };
    const { notifications: _, ...public_ } = settings;
    const names = (instance: RegistryInstance) => instance.vars.registry_notifications.map(({ name }) => name);
    expect(names(told({ registry_auth: auth, registry_notifications: [mine] }))).toEqual(['mine', 'provision']);
    expect(names(told({ registry_auth: auth, registry_notifications: [mine] }, { settings: public_ }))).toEqual([
      'mine',
    ]);
  });

  it('is known by a name of its own in the service: its host, and of several its own beside', () => {
    const named = (host: string, given: z.input<typeof vars>) =>
      instancesOf(vars.parse(given), facts).map((instance) => {
        const service = serviceOf(instance);
        return service === undefined ? undefined : nameThere(instance, service, host);
      });
    expect(named('Reg1.example.com', { registry_auth: auth })).toEqual(['reg1-example-com']);
    expect(
      named('reg1', {
        registry_auth: auth,
        registry_instances: [{ port: 1 }, { port: 2, name: 'v_3', ...{ auth: { service: { host: 'a', name: 'x' } } } }],
      }),
    ).toEqual(['reg1-registry1', 'x']);
  });

  it.each([
    [{ registry_auth: { service: {} } }, 'needs host or url. Give one of them'],
    [{ registry_auth: { service: { host: 'a', url: 'https://a' } } }, 'needs host or url. Give one of them'],
    [{ registry_auth: { service: { host: 'a', token: 't' } } }, 'needs url: a host is asked without an account'],
    [
      { registry_auth: auth, registry_accounts: [{ name: 'a', password: 'b' }] },
      'registry_accounts|cannot be used with registry_auth',
    ],
    [
      { registry_auth: auth, registry_runtime: 'embedded', registry_anonymous_pull: true },
      'cannot be used with registry_auth',
    ],
    [
      {
        registry_auth: {
          token: { realm: 'https://a', service: 's', issuer: 'i', rootcertbundle: '/b', signingalgorithms: ['ES256'] },
        },
      },
      'needs distribution 3.x',
    ],
  ])('refuses %j', (given, message) => {
    const issues = vars.safeParse(given).error?.issues ?? [];
    expect(JSON.stringify(issues)).toMatch(message.split('|').at(-1) ?? '');
    expect(JSON.stringify(issues)).toMatch(message.split('|')[0] ?? '');
  });
});

describe('the settings that the host of the service has', () => {
  const task = settings_on_host({
    name: 'reg1',
    program: '/opt/provision',
    config: '/etc/provision-service/service.yaml',
  });

  it('are awaited where there is no service yet: check mode does not know them, and does not fail', async () => {
    const plan = planFrom(task, 'why the service is not set up: there is no /opt/provision/bin/provision\n');
    expect(plan).toMatchObject({ verdict: 'change', uncertain: expect.stringContaining('is not set up') });
  });

  it('are refused for a registry that the service does not know, with what to add', () => {
    expect(planFrom(task, 'why error: the service has no registry reg1. Add it to registries\n')).toMatchObject({
      verdict: 'refused',
      hint: expect.stringContaining('registry_service_registries of that host: {name: reg1'),
    });
  });

  it('are read from what the command printed, and no other text is taken for them', () => {
    const printed = (text: string) => `settings ${Buffer.from(text).toString('base64')}\n`;
    expect(planFrom(task, printed(JSON.stringify(settings)))).toEqual({ verdict: 'ok' });
    expect(planFrom(task, printed('hello'))).toMatchObject({ uncertain: 'the service said something else' });
  });
});

describe('the settings that the API of the service gives', () => {
  let server: Server;
  let url: string;
  const asked: (string | undefined)[] = [];
  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(request.headers.authorization);
      const isPublic = request.url === '/api/v1/token-server';
      const isKnown = isPublic || request.headers.authorization === 'Bearer good';
      const { notifications, service: _, ...open } = settings;
      response.writeHead(isKnown ? (request.url?.includes('/other/') ? 404 : 200) : 401, {
        'Content-Type': 'application/json',
      });
      response.end(JSON.stringify(isPublic ? open : notifications));
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());

  it.each([
    [{ token: 'good' }, { verdict: 'ok' }],
    [{}, { verdict: 'ok' }],
    [{ token: 'bad' }, { verdict: 'refused', message: expect.stringContaining('the token is not known there') }],
    [
      { token: 'good', name: 'other' },
      { verdict: 'refused', message: expect.stringContaining('it has no such registry') },
    ],
  ])('are asked with %j', async (given, plan) => {
    expect((await converge(settings_by_api({ name: 'reg1', url, ...given }))).plan).toMatchObject(plan);
  });

  it('are not known where nothing listens', async () => {
    const task = settings_by_api({ name: 'reg1', url: 'http://127.0.0.1:9' });
    const state = await task.resource.look?.(undefined, { host: {} } as never);
    expect(state).toMatchObject({ settings: undefined, isFinal: false, why: expect.stringContaining('ECONNREFUSED') });
  });
});
