import { expect, test } from 'vitest';
import { openScripted } from '../../../../test/kit/open-scripted.js';
import type { ScriptedAnswer } from '../../../../test/kit/scripted-registry.js';

const challenge: ScriptedAnswer = { status: 401, headers: { 'www-authenticate': 'Bearer realm="/token"' } };

test.each<[string, object]>([
  ['an empty one beside', { token: '', access_token: 'good' }],
  ['null beside', { token: 'good', access_token: null, expires_in: null }],
  ['no time', { access_token: 'good' }],
  ['a time that is text', { token: 'good', expires_in: '300' }],
  ['a time that is none', { token: 'good', expires_in: 'soon' }],
  ['a time that is an object', { token: 'good', expires_in: {} }],
  ['a number beside', { token: 'good', access_token: 5 }],
  ['blanks around it', { token: ' good\n' }],
])('a token with %s was none', async (_, body) => {
  const { registry, requests } = await openScripted(({ url, headers }) => {
    if (url.startsWith('/token')) return { body };
    return headers.authorization === 'Bearer good' ? { body: { tags: ['1'] } } : challenge;
  });
  expect(await registry.tags('a')).toEqual(['1']);
  expect(await registry.tags('a')).toEqual(['1']);
  expect(requests().filter((line) => line.startsWith('GET /token'))).toHaveLength(1);
});

test.each<[string, ScriptedAnswer, string]>([
  ['an error', { body: { errors: [{ code: 'DENIED', message: 'not here' }] } }, 'gave none: DENIED: not here'],
  ['a token of another name', { body: { secret: 'hidden' } }, 'gave none'],
  ['a text', { body: 'hidden' }, 'the answer is not a token'],
  ['no content', { status: 204 }, 'the answer is not a token'],
])('a success with %s is told without what it may hold', async (_, answer, words) => {
  const { registry } = await openScripted(({ url }) => (url.startsWith('/token') ? answer : challenge));
  const message = await registry.tags('a').then(
    () => '',
    (error: Error) => error.message,
  );
  expect(message.endsWith(words)).toBe(true);
});

test('a token that comes with 201 was none', async () => {
  const { registry } = await openScripted(({ url, headers }) => {
    if (url.startsWith('/token')) return { status: 201, body: { token: 'good' } };
    return headers.authorization === 'Bearer good' ? { body: { tags: ['1'] } } : challenge;
  });
  expect(await registry.tags('a')).toEqual(['1']);
});

test.each([301, 302, 303, 307, 308])('a token server that has moved (%i) gave no token', async (status) => {
  const { registry, server } = await openScripted(
    ({ url, headers }) => {
      if (url.startsWith('/token')) return { status, headers: { location: url.replace('/token', '/auth/token') } };
      if (url.startsWith('/auth/token')) return { body: { token: 'good' } };
      return headers.authorization === 'Bearer good' ? { body: { tags: ['1'] } } : challenge;
    },
    { credentials: async () => ({ username: 'ada', password: 'secret' }) },
  );
  expect(await registry.tags('a')).toEqual(['1']);
  const moved = server.seen.find(({ url }) => url.startsWith('/auth/token'));
  expect(moved?.headers.authorization).toBe(`Basic ${Buffer.from('ada:secret').toString('base64')}`);
});

test('the reason of a token server that refuses an account was lost', async () => {
  const { registry, server } = await openScripted(
    ({ url }) =>
      url.startsWith('/token') ? { status: 401, body: { details: 'incorrect username or password' } } : challenge,
    { credentials: async () => ({ username: 'ada', password: 'wrong' }) },
  );
  await expect(registry.tags('a')).rejects.toThrow(
    `could not get a token for ${server.host} from ${server.host}: the account is not accepted (incorrect username or password)`,
  );
});

const repositories = Array.from({ length: 88 }, (_, at) => `tripleo/openstack-${at}`);

/** A registry whose tokens hold so many bytes a scope, and that takes so many of a header. */
async function withLongTokens(bytesOfScope: number, longest: number, refusal: ScriptedAnswer) {
  const opened = await openScripted(({ url, headers: { authorization } }) => {
    if (url.startsWith('/token')) {
      const scopes = new URL(url, 'http://x').searchParams.getAll('scope').map((scope) => scope.split(':')[1]);
      return {
        body: { token: scopes.map((scope) => `${scope}|`.padEnd(bytesOfScope, '.')).join(''), expires_in: 300 },
      };
    }
    if (authorization === undefined) return challenge;
    if (authorization.length > longest) return refusal;
    const [, repository] = /^\/v2\/(.*)\/tags\/list/.exec(url) ?? [];
    return authorization.includes(`${repository}|`) ? { body: { tags: ['1'] } } : challenge;
  });
  opened.registry.expectScopes(repositories.map((repository) => ({ repository, actions: ['pull'] })));
  for (const repository of repositories) expect(await opened.registry.tags(repository)).toEqual(['1']);
  const lines = opened.requests();
  const tokens = lines.filter((line) => line.startsWith('GET /token')).length;
  return { tokens, others: lines.length - tokens };
}

const nginx = {
  status: 400,
  headers: { 'content-type': 'text/html' },
  body: '<html><h1>400 Bad Request</h1>Request Header Or Cookie Too Large</html>',
};

test('a token for 88 repositories was longer than what nginx takes of a header, and all failed', async () => {
  expect(await withLongTokens(130, 8000, nginx)).toEqual({ tokens: 3, others: 89 });
});

test('a short token is for all repositories', async () => {
  expect(await withLongTokens(60, 8000, nginx)).toEqual({ tokens: 1, others: 89 });
});

test.each<[string, ScriptedAnswer]>([
  ['400', nginx],
  ['431', { status: 431 }],
])('where even less is taken of a header, a %s leads to a token for each repository', async (_, refusal) => {
  expect(await withLongTokens(60, 4000, refusal)).toEqual({ tokens: 89, others: 90 });
});
