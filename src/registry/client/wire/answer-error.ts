import { RegistryError, type RegistryErrorKind } from '../../registry-error.js';
import { readErrorBody } from './error-body.js';
import { LinkLocalAddress } from './link-local.js';
import { ProxyError } from './proxy/tunnel.js';
import { AnswerTimeout, StaleConnection } from './send-request.js';
import { TlsRefusal } from './tls-refusal.js';

/**
 * Makes the error of an unexpected answer. `attempt` says what was attempted: `read the manifest of team/web:1 at
 * registry:5000`.
 * @param isSpent a quota is used up, whatever the status
 */
export function answerError(
  attempt: string,
  method: string,
  status: number,
  text: string,
  isSpent = false,
): RegistryError {
  const { codes, explanation } = readErrorBody(text);
  const kind = isSpent ? 'rate-limited' : kindOf(method, status, codes);
  const speaksTls = wordsOfTls.test(text);
  const isUnmade = method === 'POST' && codes.includes('NAME_UNKNOWN');
  const hint = speaksTls
    ? 'write https:// before its name: it speaks TLS'
    : isUnmade
      ? 'create the repository there first: this registry makes none by itself'
      : hintFor(kind, method, text);
  return new RegistryError(kind, `could not ${attempt}: ${status}${explanation === '' ? '' : ` ${explanation}`}`, {
    status,
    codes,
    hint,
    speaksTls,
  });
}

/** Words of Go, nginx and Apache, with status 400. */
const wordsOfTls =
  /HTTP request to an HTTPS server|plain HTTP request was sent to HTTPS port|speaking plain HTTP to an SSL-enabled/;

function kindOf(method: string, status: number, codes: readonly string[]): RegistryErrorKind {
  if (codes.includes('DENIED')) return 'denied';
  if (codes.includes('DIGEST_INVALID')) return 'corrupt';
  switch (status) {
    case 401:
      return 'unauthorized';
    case 402: // A plan that has run out.
    case 403:
    case 451: // Taken down for legal reasons.
      return 'denied';
    case 404:
    case 410:
      return 'not-found';
    case 405:
      return method === 'GET' || method === 'HEAD' ? 'unsupported' : 'read-only';
    case 429:
      return 'rate-limited';
    case 501:
      return 'unsupported';
    default:
      return status >= 500 ? 'server' : 'protocol';
  }
}

function hintFor(kind: RegistryErrorKind, method: string, text: string): string | undefined {
  if (/required SSL certificate was sent|SSL certificate error/i.test(text)) {
    return 'give the certificate of a client that it accepts: client.cert and client.key in /etc/containers/certs.d/HOST:PORT/'; // nginx
  }
  switch (kind) {
    case 'unauthorized':
      return 'log in with `provision registry login`, or give credentials for it';
    case 'denied':
      return 'get the permission for this account, or log in with another';
    case 'rate-limited':
      return 'wait, log in with an account that may do more, or set a lower request rate';
    case 'read-only':
      return method === 'DELETE'
        ? 'set storage.delete.enabled in its configuration (REGISTRY_STORAGE_DELETE_ENABLED=true), and see that it is not read-only'
        : 'make the registry writable: it takes no changes, or is a pull-through cache';
    default:
      return undefined;
  }
}

/** Returns true for an error by which a registry refuses, or fails at, what is asked; not for one of the line. */
export function isRefusal(error: unknown): error is RegistryError {
  if (!(error instanceof RegistryError)) return false;
  return ['unauthorized', 'denied', 'not-found', 'unsupported', 'read-only', 'server', 'protocol'].includes(error.kind);
}

/** Makes the error of a request that got no answer. */
export function lostError(attempt: string, error: unknown, secure: boolean): RegistryError {
  if (error instanceof RegistryError) return error;
  const cause = error instanceof StaleConnection && error.cause instanceof Error ? error.cause : error;
  const { code = '', message = '', name = '' } = cause as NodeJS.ErrnoException;
  if (name === 'AbortError') return new RegistryError('interrupted', `could not ${attempt}: interrupted`, { cause });
  if (error instanceof AnswerTimeout)
    return new RegistryError('unreachable', `could not ${attempt}: ${message}`, { cause });
  if (error instanceof LinkLocalAddress) {
    return new RegistryError('protocol', `could not ${attempt}: it leads on to ${message}`, { cause, final: true });
  }
  if (error instanceof ProxyError)
    return new RegistryError('unreachable', `could not ${attempt}: ${error.message}`, { hint: error.hint, cause });
  if (error instanceof TlsRefusal) {
    return new RegistryError('tls', `could not ${attempt}: ${message}`, { hint: error.hint, cause });
  }
  if (code === 'EPROTO' && secure) {
    return new RegistryError('tls', `could not ${attempt}: what answers there does not speak TLS`, {
      hint: 'write http:// before its name, if it speaks plain http',
      cause,
    });
  }
  if (code.startsWith('HPE_'))
    return new RegistryError('protocol', `could not ${attempt}: the answer is not HTTP (${message})`, {
      cause,
      speaksTls: !secure,
    });
  if (isCertificateError(code)) {
    return new RegistryError('tls', `could not ${attempt}: its certificate is not trusted: ${message}`, {
      hint: 'give its authority (--ca, or /etc/containers/certs.d/HOST:PORT/ca.crt), or a name that is in the certificate',
      cause,
    });
  }
  if (code.startsWith('ERR_SSL_'))
    return new RegistryError('tls', `could not ${attempt}: TLS fails: ${message.trim()}`, { cause });
  // Node's servers, and HAProxy, close the connection where TLS was to begin.
  const speaksTls = !secure && (code === 'ECONNRESET' || code === 'EPIPE');
  return new RegistryError('unreachable', `could not ${attempt}: ${describeLoss(code, message)}`, {
    cause,
    speaksTls,
    ...(speaksTls ? { hint: 'write https:// before its name, if it speaks TLS' } : {}),
  });
}

function isCertificateError(code: string): boolean {
  return /^(CERT_|ERR_TLS_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|INVALID_CA|HOSTNAME_MISMATCH)/.test(code);
}

function describeLoss(code: string, message: string): string {
  switch (code) {
    case 'ECONNREFUSED':
      return 'connection refused';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'its name is not known';
    case 'ECONNRESET':
    case 'EPIPE':
      return 'the connection was cut';
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'no way there';
    default:
      return message || code || 'the connection was lost';
  }
}
