import { describe, expect, onTestFinished, test } from 'vitest';
import { scriptedProxy } from '../../../../../test/kit/scripted-proxy.js';
import { loopbackCertificate, scriptedRegistry } from '../../../../../test/kit/scripted-registry.js';
import { openRegistry } from '../../open.js';
import { proxyFor } from './http-proxy.js';

const proxy = 'http://proxy.test:3128';
const reached = (url: string, env: NodeJS.ProcessEnv) => proxyFor(new URL(url), env)?.url.href;

describe('the proxy that the environment names', () => {
  test.each<[string, NodeJS.ProcessEnv, string | undefined]>([
    ['http://r.test', { HTTP_PROXY: proxy }, `${proxy}/`],
    ['http://r.test', { http_proxy: 'http://small.test', HTTP_PROXY: proxy }, 'http://small.test/'],
    ['http://r.test', { HTTPS_PROXY: proxy }, undefined],
    ['https://r.test', { HTTPS_PROXY: proxy }, `${proxy}/`],
    ['https://r.test', { HTTP_PROXY: proxy }, undefined],
    ['https://r.test', { ALL_PROXY: proxy }, `${proxy}/`],
    ['https://r.test', { HTTPS_PROXY: '', https_proxy: ' ' }, undefined],
    ['https://r.test', { HTTPS_PROXY: 'proxy.test:3128' }, `${proxy}/`],
    ['http://localhost:5000', { HTTP_PROXY: proxy }, undefined],
    ['http://127.0.0.2:5000', { HTTP_PROXY: proxy }, undefined],
    ['http://[::1]:5000', { HTTP_PROXY: proxy }, undefined],
  ])('for %s by %j is %s', (url, env, expected) => expect(reached(url, env)).toBe(expected));

  test.each([
    ['r.corp.test', 'corp.test', true],
    ['corp.test', 'corp.test', true],
    ['notcorp.test', 'corp.test', false],
    ['r.corp.test', '.corp.test', true],
    ['corp.test', '.corp.test', false],
    ['R.Corp.Test', '*.corp.test', true],
    ['r.test', '*', true],
    ['r.test:5000', 'r.test:5000', true],
    ['r.test:5001', 'r.test:5000', false],
    ['r.test', 'r.test:443', true],
    ['r.test', 'a.test, r.test', true],
    ['r.test', 'a.test r.test', true],
    ['10.1.2.3:5000', '10.0.0.0/8', true],
    ['11.1.2.3', '10.0.0.0/8', false],
    ['10.1.2.3', '10.1.2.3', true],
    ['10.1.2.3:5000', '10.1.2.3:5000', true],
    ['10.1.2.3', '10.1.2', false],
    ['[fd00::7]:5000', 'fd00::/8', true],
    ['[fd00::7]:5000', '[fd00::7]:5000', true],
    ['[fd00::7]:5001', '[fd00::7]:5000', false],
    ['10.1.2.3', '10.0.0.0/99, x/y, [', false],
  ])('for %s with NO_PROXY=%s: excepted %s', (host, noProxy, isExcepted) => {
    const found = reached(`https://${host}`, { HTTPS_PROXY: proxy, NO_PROXY: noProxy });
    expect(found === undefined).toBe(isExcepted);
  });

  test.each([
    'socks5://p.test',
    'http://',
    'not a proxy:port',
    'http://u:%zz@p.test',
  ])('%s is an error, which shows no account', (value) => {
    expect(() => reached('http://r.test', { HTTP_PROXY: value })).toThrow(
      expect.objectContaining({ kind: 'input', message: 'HTTP_PROXY does not name a proxy of http or https' }),
    );
  });
});

/** A registry behind a name that only a proxy knows, and that proxy. */
async function behindProxy(scheme: 'http' | 'https', refuse?: Parameters<typeof scriptedProxy>[1]) {
  const certificate = scheme === 'https' ? await loopbackCertificate() : undefined;
  const server = await scriptedRegistry(({ url }) => {
    if (url === '/v2/') return { body: {} };
    return url.startsWith('/v2/team/web/tags/list') ? { body: { tags: ['1'] } } : undefined;
  }, certificate);
  const started = await scriptedProxy({ port: Number(server.host.split(':')[1]) }, refuse);
  onTestFinished(async () => {
    await started.close();
    await server.close();
  });
  const open = (env: NodeJS.ProcessEnv, host = 'registry.example.test:5000') =>
    openRegistry({ host, env, tries: 1, trust: { scheme, ...(certificate === undefined ? {} : { verify: false }) } });
  return { started, open };
}

describe('a registry behind a proxy could not be reached', () => {
  test('by plain http: the proxy gets the whole address, and its own account', async () => {
    const { started, open } = await behindProxy('http');
    const registry = open({ HTTP_PROXY: `http://us%65r:p%40ss@${started.host}` });
    expect(await registry.tags('team/web')).toEqual(['1']);
    await registry.close();
    const [first] = started.seen;
    expect(first?.line).toBe('GET http://registry.example.test:5000/v2/team/web/tags/list?n=1000');
    expect(first?.headers).toMatchObject({
      host: 'registry.example.test:5000',
      'proxy-authorization': `Basic ${Buffer.from('user:p@ss').toString('base64')}`,
    });
  });

  test('by https: through one tunnel for all requests', async () => {
    const { started, open } = await behindProxy('https');
    const registry = open({ HTTPS_PROXY: started.host });
    expect(await registry.tags('team/web')).toEqual(['1']);
    expect(await registry.tags('team/web')).toEqual(['1']);
    await registry.close();
    expect(started.seen.map(({ line }) => line)).toEqual(['CONNECT registry.example.test:5000']);
  });

  test.each([
    'http',
    'https',
  ] as const)('by %s: a proxy that wants an account, or refuses, is the one to name', async (scheme) => {
    for (const [status, words] of [
      [407, 'asks for an account (407)'],
      [403, scheme === 'https' ? 'refuses a tunnel to registry.example.test:5000 (403)' : undefined],
    ] as const) {
      if (words === undefined) continue; // By plain http its 403 can't be told from the registry's.
      const { started, open } = await behindProxy(scheme, () => status);
      const registry = open({ ALL_PROXY: `http://user:secret@${started.host}` });
      const error = await registry.ping().catch((reason: unknown) => reason);
      await registry.close();
      expect(error).toMatchObject({
        kind: 'unreachable',
        message: `could not reach the registry registry.example.test:5000: the proxy http://${started.host} (ALL_PROXY) ${words}`,
      });
      expect(JSON.stringify([error, (error as { hint?: string }).hint])).not.toContain('secret');
    }
  });

  test.each(['http', 'https'] as const)('by %s: a proxy that is not there is the one to name', async (scheme) => {
    const registry = openRegistry({
      host: 'registry.example.test',
      env: { ALL_PROXY: '127.0.0.1:9' },
      tries: 1,
      trust: { scheme },
    });
    await expect(registry.ping()).rejects.toMatchObject({
      kind: 'unreachable',
      message: expect.stringMatching(/the proxy http:\/\/127\.0\.0\.1:9 \(ALL_PROXY\) cannot be reached: /),
      hint: expect.stringContaining('correct ALL_PROXY'),
    });
    await registry.close();
  });

  test('and this machine itself is reached without it', async () => {
    const server = await scriptedRegistry(({ url }) => (url === '/v2/' ? { body: {} } : undefined));
    onTestFinished(() => server.close());
    const registry = openRegistry({ host: server.host, env: { HTTP_PROXY: 'http://127.0.0.1:9' }, tries: 1 });
    await registry.ping();
    await registry.close();
  });
});
