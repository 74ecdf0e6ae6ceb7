import { generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { freePort } from '../registry/proxy/start-registry.js';

/** Client that the service is at a provider. */
export const client = { id: 'provision', secret: 'a client secret, with : and %' };

/** Claims of the provider's users, by their subject. */
export type ProviderUsers = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Provider of OpenID Connect on loopback. */
export interface OpenIdProvider {
  readonly issuer: string;
  /** Begins anew with other keys, on the same port. */
  rotate(): Promise<void>;
  stop(): Promise<void>;
}

/** What a test uses of the package `oidc-provider`, which has no types. */
interface ProviderPackage {
  readonly default: new (
    issuer: string,
    options: object,
  ) => {
    listen(port: number, host: string): Server;
    readonly Grant: new (
      of: object,
    ) => { addOIDCScope(scope: string): void; addOIDCClaims(claims: string[]): void; save(): Promise<string> };
  };
}

/** Starts the certified provider `oidc-provider`. Its users log in by their subject, with any password. */
export async function startProvider(port: number, users: ProviderUsers, redirectUri: string): Promise<OpenIdProvider> {
  const issuer = `http://127.0.0.1:${port}`;
  const name = 'oidc-provider';
  const { default: Provider } = (await import(name)) as ProviderPackage;
  const start = async () => {
    const provider = new Provider(issuer, {
      clients: [
        {
          client_id: client.id,
          client_secret: client.secret,
          redirect_uris: [redirectUri],
          post_logout_redirect_uris: [new URL('/', redirectUri).href],
          response_types: ['code'],
          grant_types: ['authorization_code'],
          id_token_signed_response_alg: 'ES256',
        },
      ],
      claims: {
        openid: ['sub', 'groups'],
        profile: ['name', 'preferred_username'],
        email: ['email', 'email_verified'],
      },
      jwks: { keys: [{ ...newKey().export({ format: 'jwk' }), use: 'sig', alg: 'ES256', kid: randomUUID() }] },
      cookies: { keys: ['of a test'] },
      pkce: { required: () => true },
      findAccount: (_context: unknown, id: string) =>
        users[id] === undefined ? undefined : { accountId: id, claims: () => ({ sub: id, ...users[id] }) },
      // Users of the tests agree to everything.
      loadExistingGrant: async ({
        oidc,
      }: {
        oidc: { session: { accountId: string }; client: { clientId: string } };
      }) => {
        const grant = new provider.Grant({ accountId: oidc.session.accountId, clientId: oidc.client.clientId });
        grant.addOIDCScope('openid profile email');
        grant.addOIDCClaims(['groups']);
        await grant.save();
        return grant;
      },
    });
    const server = provider.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return server;
  };
  let server = await start();
  const stop = async () => {
    const over = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await over;
  };
  return {
    issuer,
    stop,
    rotate: async () => {
      await stop();
      server = await start();
    },
  };
}

/** Browser of a test: it keeps cookies, and goes where it is sent. */
export class TestBrowser {
  readonly #cookies = new Map<string, Map<string, string>>();

  /** Cookies of an origin, as they are sent. */
  cookies(url: string): string {
    const jar = this.#cookies.get(new URL(url).host) ?? new Map<string, string>();
    return [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  /** Sends one request, without following where the answer leads. */
  async send(url: string, init: RequestInit = {}): Promise<Response> {
    const headers = { Accept: 'text/html', Cookie: this.cookies(url), ...(init.headers as Record<string, string>) };
    const answer = await fetch(url, { ...init, headers, redirect: 'manual' });
    const { host } = new URL(url);
    const jar = this.#cookies.get(host) ?? new Map<string, string>();
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '' || /max-age=0|expires=Thu, 01 Jan 1970/i.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    this.#cookies.set(host, jar);
    return answer;
  }

  /** Follows redirects until there is a page, or one leads to `stop`. @returns its address and the answer */
  async follow(from: string, stop?: string): Promise<{ url: string; answer: Response }> {
    let url = from;
    for (let count = 0; count < 20; count += 1) {
      const answer = await this.send(url);
      const next = answer.headers.get('location');
      if (next === null) return { url, answer };
      url = new URL(next, url).href;
      if (stop !== undefined && url.startsWith(stop)) return { url, answer };
    }
    throw new Error('it is sent around in circles');
  }

  /** Logs in at the provider. @returns the address of the service to which the provider sends it back */
  async logIn(begin: string, subject: string): Promise<string> {
    const service = new URL(begin).origin;
    const first = await this.follow(begin, `${service}/api/v1/oidc/callback`);
    if (first.url.startsWith(service)) return first.url; // The provider's session goes on.
    const form = /action="([^"]+)"/.exec(await first.answer.text())?.[1] ?? '';
    const posted = await this.send(new URL(form, first.url).href, {
      method: 'POST',
      body: new URLSearchParams({ prompt: 'login', login: subject, password: 'any' }),
    });
    const { url } = await this.follow(
      new URL(posted.headers.get('location') ?? '', first.url).href,
      `${service}/api/v1/oidc/callback`,
    );
    return url;
  }
}

/** Provider that answers as a test says, right but for what is changed. */
export interface ScriptedProvider {
  readonly issuer: string;
  /** Changes of what it sends next. */
  script: {
    claims?: Record<string, unknown>;
    header?: Record<string, unknown>;
    /** Signs with a key that it doesn't publish. */
    foreignKey?: boolean;
    /** Replaces the ID token. */
    idToken?: (right: string) => string;
    discovery?: Record<string, unknown>;
    answer?: (request: IncomingMessage, response: ServerResponse) => boolean;
  };
  /** Bodies that the token endpoint got. */
  readonly asked: URLSearchParams[];
  stop(): Promise<void>;
}

/** Starts a provider whose every lie is exact. The nonce of its tokens is that of the last login. */
export async function scriptedProvider(): Promise<ScriptedProvider> {
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}`;
  const [key, foreign] = [newKey(), newKey()];
  const jwk = { ...publicJwk(key), kid: 'one', use: 'sig', alg: 'ES256' };
  const provider: ScriptedProvider = { issuer, script: {}, asked: [], stop: async () => {} };
  let nonce = '';
  const idToken = () => {
    const { claims = {}, header = {}, foreignKey, idToken: change } = provider.script;
    const now = Math.floor(Date.now() / 1000);
    const payload = { iss: issuer, aud: client.id, sub: 'one', iat: now, exp: now + 300, nonce, ...claims };
    const right = jwt({ alg: 'ES256', kid: 'one', ...header }, payload, foreignKey === true ? foreign : key);
    return change === undefined ? right : change(right);
  };
  const server = createServer(async (request, response) => {
    if (provider.script.answer?.(request, response) === true) return;
    const url = new URL(request.url ?? '', issuer);
    const json = (body: unknown, status = 200) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    if (url.pathname === '/.well-known/openid-configuration') {
      return json({
        issuer,
        authorization_endpoint: `${issuer}/auth`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/keys`,
        id_token_signing_alg_values_supported: ['ES256'],
        ...provider.script.discovery,
      });
    }
    if (url.pathname === '/keys') return json({ keys: [jwk] });
    if (url.pathname === '/auth') {
      nonce = url.searchParams.get('nonce') ?? '';
      const back = new URL(url.searchParams.get('redirect_uri') ?? '');
      back.searchParams.set('code', 'a code');
      back.searchParams.set('state', url.searchParams.get('state') ?? '');
      response.writeHead(302, { location: back.href }).end();
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    provider.asked.push(new URLSearchParams(Buffer.concat(chunks).toString()));
    json({ access_token: 'x', token_type: 'Bearer', id_token: idToken() });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(provider, {
    stop: async () => {
      server.close();
      server.closeAllConnections();
    },
  });
}

/** Makes a JWT, signed by ES256 whatever its head says. */
function jwt(header: object, payload: object, key: KeyObject): string {
  const text = [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  const signature = sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' });
  return `${text}.${signature.toString('base64url')}`;
}

function newKey(): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
}

function publicJwk(key: KeyObject): Record<string, unknown> {
  const { d: _, ...rest } = key.export({ format: 'jwk' });
  return rest;
}
