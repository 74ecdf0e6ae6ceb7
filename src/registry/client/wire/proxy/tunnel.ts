import { type ClientRequest, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIPv6 } from 'node:net';
import type { Duplex } from 'node:stream';
import { reasonOf } from '../../../../diagnostics/reason.js';
import { type HttpProxy, proxyAuthorization, proxyName } from './http-proxy.js';

/** A proxy of the environment could not be used: it is the one to look at, not the registry. */
export class ProxyError extends Error {
  constructor(
    proxy: HttpProxy,
    words: string,
    readonly hint: string | undefined = undefined,
    cause: unknown = undefined,
  ) {
    super(`${proxyName(proxy)} ${words}`, { cause });
  }
}

/** Milliseconds for a proxy to open a tunnel. */
const patience = 60_000;

/** Makes the function that opens a tunnel through a proxy (RFC 9110, 9.3.6). */
export function tunnelThrough(proxy: HttpProxy): (host: string, port: number) => Promise<Duplex> {
  return (host, port) => {
    const authority = `${isIPv6(host) ? `[${host}]` : host}:${port}`;
    return new Promise((resolve, reject) => {
      const request = requestTo(proxy, {
        method: 'CONNECT',
        path: authority,
        headers: { host: authority, ...proxyAuthorization(proxy) },
      });
      const timer = setTimeout(() => request.destroy(new Error(`no answer in ${patience / 1000} s`)), patience);
      request.once('connect', (answer, socket, head) => {
        clearTimeout(timer);
        if (answer.statusCode === 200) {
          if (head.length > 0) socket.unshift(head);
          resolve(socket);
          return;
        }
        socket.destroy();
        reject(refusalOf(proxy, answer.statusCode ?? 0, `a tunnel to ${authority}`));
      });
      request.once('response', (answer) => {
        clearTimeout(timer);
        request.destroy();
        reject(refusalOf(proxy, answer.statusCode ?? 0, `a tunnel to ${authority}`));
      });
      request.once('error', (error) => {
        clearTimeout(timer);
        reject(unreachableProxy(proxy, error));
      });
      request.end();
    });
  };
}

interface ProxyRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Begins a request to a proxy itself, on a connection of its own. */
function requestTo({ url }: HttpProxy, options: ProxyRequest): ClientRequest {
  const start = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return start({ ...options, host, port: url.port || (url.protocol === 'https:' ? 443 : 80), agent: false });
}

/** Makes the error of a proxy that answers, and refuses. */
export function refusalOf(proxy: HttpProxy, status: number, asked: string): ProxyError {
  if (status === 407) {
    const hint = `write the account into ${proxy.variable}: http://USER:PASSWORD@${proxy.url.host}`;
    return new ProxyError(proxy, 'asks for an account (407)', hint);
  }
  const hint = `allow it there, or name the registry in NO_PROXY if it is reached without a proxy`;
  return new ProxyError(proxy, `refuses ${asked} (${status})`, hint);
}

/** Makes the error of a proxy that doesn't answer. */
export function unreachableProxy(proxy: HttpProxy, error: Error): ProxyError {
  const hint = `correct ${proxy.variable}, or name the registry in NO_PROXY if it is reached without a proxy`;
  return new ProxyError(proxy, `cannot be reached: ${reasonOf(error)}`, hint, error);
}
