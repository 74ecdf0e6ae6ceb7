import type * as OAuth from 'oauth4webapi';
import { readTextFile } from '../../../../diagnostics/read-text.js';
import type { DirectoryUser } from '../directory-user.js';
import { lacksClaims, userOfClaims } from './oidc-claims.js';
import type { OidcOptions } from './oidc-options.js';
import type { PendingLogin } from './pending-login.js';
import { fetchProvider, ProviderUnavailable } from './provider-fetch.js';

/** Refusal of a login: the provider's, or of what it sent. */
export class OidcRefusal extends Error {
  /** Reason for the log and the audit. */
  readonly reason: string;

  constructor(message: string, reason: string, options: ErrorOptions = {}) {
    super(message, options);
    this.name = 'OidcRefusal';
    this.reason = reason;
  }
}

/** Milliseconds for which what the provider says of itself counts. */
const freshness = 3_600_000;
/** Milliseconds between two readings of its keys for keys that are not among them. */
const keysAgain = 10_000;
/** Seconds by which two clocks may differ. */
const clockTolerance = 60;
const largestFile = 1 << 20;

/** OpenID provider: authorization code with PKCE, state and nonce (OpenID Connect Core 1.0, 3.1; RFC 7636). */
export class OidcProvider {
  readonly options: OidcOptions;
  #known: { readonly until: number; readonly server: OAuth.AuthorizationServer } | undefined;
  #keysReadAt = -keysAgain;

  constructor(options: OidcOptions) {
    this.options = options;
  }

  /** Begins a login. @returns the address to which the browser goes, and what it keeps meanwhile */
  async begin(redirectUri: string, next: string): Promise<{ readonly url: string; readonly pending: PendingLogin }> {
    const oauth = await import('oauth4webapi');
    const server = await this.#server(oauth);
    if (server.authorization_endpoint === undefined)
      throw new ProviderUnavailable('it names no authorization_endpoint');
    const pending = {
      state: oauth.generateRandomState(),
      nonce: oauth.generateRandomNonce(),
      verifier: oauth.generateRandomCodeVerifier(),
      next,
    };
    const url = new URL(server.authorization_endpoint);
    const parameters = {
      client_id: this.options.clientId,
      response_type: 'code',
      redirect_uri: redirectUri,
      scope: this.options.scopes,
      state: pending.state,
      nonce: pending.nonce,
      code_challenge: await oauth.calculatePKCECodeChallenge(pending.verifier),
      code_challenge_method: 'S256',
    };
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    return { url: url.href, pending };
  }

  /**
   * Ends a login: changes the code for an ID token, and checks that.
   * @throws OidcRefusal, ProviderUnavailable
   */
  async finish(callback: URLSearchParams, pending: PendingLogin, redirectUri: string): Promise<DirectoryUser> {
    const oauth = await import('oauth4webapi');
    const server = await this.#server(oauth);
    try {
      return await this.#finish(oauth, server, callback, pending, redirectUri);
    } catch (error) {
      throw refusalOf(oauth, error);
    }
  }

  /** Returns the address at which the provider ends its own session; undefined: it has none, or can't be asked. */
  async logoutUrl(backTo: string): Promise<string | undefined> {
    const oauth = await import('oauth4webapi');
    const endpoint = (await this.#server(oauth)).end_session_endpoint;
    if (endpoint === undefined) return undefined;
    const url = new URL(endpoint);
    url.searchParams.set('client_id', this.options.clientId);
    url.searchParams.set('post_logout_redirect_uri', backTo);
    return url.href;
  }

  async #finish(
    oauth: typeof OAuth,
    server: OAuth.AuthorizationServer,
    callback: URLSearchParams,
    { state, nonce, verifier }: PendingLogin,
    redirectUri: string,
  ): Promise<DirectoryUser> {
    const client: OAuth.Client = { client_id: this.options.clientId, [oauth.clockTolerance]: clockTolerance };
    const checked = oauth.validateAuthResponse(server, client, callback, state);
    const answer = await oauth.authorizationCodeGrantRequest(
      server,
      client,
      this.#authentication(oauth, server),
      checked,
      redirectUri,
      verifier,
      this.#requests(oauth),
    );
    const tokens = await oauth.processAuthorizationCodeResponse(server, client, answer, {
      expectedNonce: nonce,
      requireIdToken: true,
    });
    await this.#checkSignature(oauth, server, answer);
    const claims = oauth.getValidatedIdTokenClaims(tokens);
    if (claims === undefined) throw new Error('the provider sent no ID token');
    const more =
      lacksClaims(claims, this.options) && server.userinfo_endpoint !== undefined
        ? await oauth.processUserInfoResponse(
            server,
            client,
            claims.sub,
            await oauth.userInfoRequest(server, client, tokens.access_token, this.#requests(oauth)),
          )
        : {};
    return userOfClaims(claims.iss, claims.sub, { ...more, ...claims }, this.options);
  }

  /** Checks the signature of an ID token. The provider may have changed its keys a moment ago: then they are read again. */
  async #checkSignature(oauth: typeof OAuth, server: OAuth.AuthorizationServer, answer: Response): Promise<void> {
    try {
      await oauth.validateApplicationLevelSignature(server, answer, this.#requests(oauth));
    } catch (error) {
      // Keys with one name, or none, may have changed, too.
      const isOfKeys = error instanceof oauth.OperationProcessingError;
      if (!isOfKeys || performance.now() - this.#keysReadAt < keysAgain) throw error;
      this.#keysReadAt = performance.now();
      // Keys are remembered by the object.
      const again = { ...server };
      await oauth.validateApplicationLevelSignature(again, answer, this.#requests(oauth));
      this.#known = { until: this.#known?.until ?? 0, server: again };
    }
  }

  #authentication(oauth: typeof OAuth, server: OAuth.AuthorizationServer): OAuth.ClientAuth {
    const { clientSecretFile: file } = this.options;
    if (file === undefined) return oauth.None();
    const secret = readTextFile(file, { most: largestFile, besides: 'none' }).trim();
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    const takesBasic = methods.includes('client_secret_basic') || !methods.includes('client_secret_post');
    return takesBasic ? oauth.ClientSecretBasic(secret) : oauth.ClientSecretPost(secret);
  }

  async #server(oauth: typeof OAuth): Promise<OAuth.AuthorizationServer> {
    if (this.#known !== undefined && this.#known.until > performance.now()) return this.#known.server;
    const { issuer } = this.options;
    try {
      const answer = await oauth.discoveryRequest(issuer, { ...this.#requests(oauth), algorithm: 'oidc' });
      const server = await oauth.processDiscoveryResponse(issuer, answer);
      this.#known = { until: performance.now() + freshness, server };
      return server;
    } catch (error) {
      if (error instanceof ProviderUnavailable) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw new ProviderUnavailable(`what ${issuer.href} says of itself cannot be used: ${reason}`, { cause: error });
    }
  }

  #requests(oauth: typeof OAuth) {
    const { caFile, timeout, issuer } = this.options;
    const ca = caFile === undefined ? undefined : readTextFile(caFile, { most: largestFile, besides: 'none' });
    return {
      [oauth.customFetch]: (url: string, { method, headers, body }: OAuth.CustomFetchOptions<string, unknown>) =>
        fetchProvider(url, { method, headers, body }, { ca, timeout }),
      // The configuration takes such an issuer on this machine alone.
      [oauth.allowInsecureRequests]: issuer.protocol === 'http:',
    };
  }
}

/** Makes the refusal of an error. What the provider wrote is for the log; people get words of ours. */
function refusalOf(oauth: typeof OAuth, error: unknown): unknown {
  if (error instanceof ProviderUnavailable) return error;
  if (error instanceof oauth.AuthorizationResponseError) {
    const reason = `the provider answers ${plain(error.error)}`;
    if (error.error === 'access_denied')
      return new OidcRefusal('the provider refused the login, or it was cancelled', reason);
    return new OidcRefusal('the provider did not log you in', reason, { cause: error });
  }
  if (error instanceof oauth.ResponseBodyError) {
    return new OidcRefusal(
      'the provider did not accept the login',
      `its token endpoint answers ${plain(error.error)}`,
      {
        cause: error,
      },
    );
  }
  const isOfLibrary =
    error instanceof oauth.OperationProcessingError ||
    error instanceof oauth.UnsupportedOperationError ||
    error instanceof oauth.WWWAuthenticateChallengeError;
  if (!isOfLibrary) return error;
  return new OidcRefusal("the provider's answer cannot be trusted", plain(error.message), { cause: error });
}

function plain(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 200);
}
