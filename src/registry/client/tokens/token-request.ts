import { RegistryError } from '../../registry-error.js';
import type { RegistryCredentials } from '../registry.js';
import { readGivenAddress } from '../wire/given-address.js';
import { discard } from '../wire/read-text.js';
import type { WireAnswer } from '../wire/send-request.js';
import type { Wire } from '../wire/wire.js';
import { scopeText, type TokenScope } from './scopes.js';

/** Server that issues tokens, as a registry's challenge names it. */
export interface TokenServer {
  readonly realm: URL;
  /** Another server than the registry. */
  readonly foreign: boolean;
  readonly service: string | undefined;
}

const mostRedirects = 5;

/**
 * Sends one token request, and follows redirects. The account stays with the server that the registry named, or goes to
 * it by https instead of http; a request that has it in its body is sent to no other.
 */
export async function sendTokenRequest(
  wire: Wire,
  server: TokenServer,
  scopes: readonly TokenScope[],
  credentials: RegistryCredentials | undefined,
  options: { readonly attempt: string; readonly signal: AbortSignal | undefined },
): Promise<WireAnswer> {
  const { realm, foreign } = server;
  const request = tokenRequest(server, scopes, credentials);
  let { url } = request;
  for (let redirects = 0; ; redirects += 1) {
    const { authorization, ...others } = request.headers;
    const answer = await wire.send({
      ...request,
      url,
      headers: isHome(url, realm) && authorization !== undefined ? { ...others, authorization } : others,
      foreign: foreign || url.origin !== realm.origin,
      signal: options.signal,
    });
    const { location } = answer.headers;
    if (![301, 302, 303, 307, 308].includes(answer.status) || location === undefined) return answer;
    discard(answer.body);
    const next = readGivenAddress(location, url, realm);
    const refusal = 'refusal' in next ? next.refusal : redirectRefusal(next.url, realm, request.method, redirects);
    if ('refusal' in next || refusal !== undefined) {
      throw new RegistryError('protocol', `could not ${options.attempt}: the redirect ${refusal}`, { final: true });
    }
    url = next.url;
  }
}

function redirectRefusal(to: URL, realm: URL, method: string, redirects: number): string | undefined {
  if (redirects >= mostRedirects) return `is the ${redirects + 1}th`;
  return method === 'GET' || isHome(to, realm) ? undefined : `leads away from its server, to ${to.origin}`;
}

/** Tells if an address is of the server that was named, or of the same host by https instead of http. Another port of https is another server. */
function isHome(to: URL, realm: URL): boolean {
  const isUpgrade = realm.protocol === 'http:' && to.protocol === 'https:' && to.hostname === realm.hostname;
  return to.origin === realm.origin || isUpgrade;
}

interface TokenRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  readonly patience: number;
}

function tokenRequest(
  { realm, service }: TokenServer,
  scopes: readonly TokenScope[],
  credentials: RegistryCredentials | undefined,
): TokenRequest {
  const patience = 30_000;
  if (credentials !== undefined && 'identityToken' in credentials) {
    const form = new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: 'provision',
      refresh_token: credentials.identityToken,
      scope: scopes.map(scopeText).join(' '),
      ...(service === undefined ? {} : { service }),
    });
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return { method: 'POST', url: realm, headers, body: Buffer.from(form.toString()), patience };
  }
  const url = new URL(realm);
  if (service !== undefined) url.searchParams.set('service', service);
  for (const scope of scopes) url.searchParams.append('scope', scopeText(scope));
  const headers: Record<string, string> = {};
  if (credentials !== undefined && 'username' in credentials) {
    url.searchParams.set('account', credentials.username);
    headers.authorization = basicAuthorization(credentials);
  }
  return { method: 'GET', url, headers, patience };
}

/** Returns the Authorization of a user and a password (RFC 7617). */
export function basicAuthorization({ username, password }: { username: string; password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}
