import { BlockList, isIP } from 'node:net';
import { RegistryError } from '../../../registry-error.js';
import { isLoopbackHost } from '../../tokens/trust.js';

/** Proxy by which an address is reached. */
export interface HttpProxy {
  readonly url: URL;
  /** Variable of the environment that names it. */
  readonly variable: string;
}

/**
 * Returns the proxy that the environment names for an address; undefined: it is reached directly. Read are HTTP_PROXY,
 * HTTPS_PROXY, ALL_PROXY and NO_PROXY, in small letters first, with the rules of Go's golang.org/x/net/http/httpproxy,
 * which docker, podman and skopeo follow: a name in NO_PROXY stands for its subdomains too, networks are allowed, and
 * this machine itself needs no proxy. Libraries for Node (proxy-from-env 2.1) know neither.
 * @throws RegistryError `input` for a proxy that can't be used
 */
export function proxyFor(target: URL, env: NodeJS.ProcessEnv): HttpProxy | undefined {
  const { http_proxy, https_proxy, all_proxy, no_proxy } = env;
  const own =
    target.protocol === 'https:'
      ? { https_proxy, HTTPS_PROXY: env.HTTPS_PROXY }
      : { http_proxy, HTTP_PROXY: env.HTTP_PROXY };
  const named = firstSet({ ...own, all_proxy, ALL_PROXY: env.ALL_PROXY });
  if (named === undefined || isLoopbackHost(target.hostname)) return undefined;
  if (isExcepted(target, firstSet({ no_proxy, NO_PROXY: env.NO_PROXY })?.value ?? '')) return undefined;
  const { variable, value } = named;
  const text = value.includes('://') ? value : `http://${value}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.hostname === '' || !['http:', 'https:'].includes(url.protocol) || !isDecodable(url)) {
    throw new RegistryError('input', `${variable} does not name a proxy of http or https`, {
      hint: `write it as http://proxy.example.com:3128, a % in an account as %25, or unset ${variable}`,
    });
  }
  return { url, variable };
}

/** Names a proxy without its account. */
export function proxyName({ url, variable }: HttpProxy): string {
  return `the proxy ${url.protocol}//${url.host} (${variable})`;
}

/** Returns the header by which a proxy knows its user (RFC 9110, 11.7.2); none where its address has no account. */
export function proxyAuthorization({ url }: HttpProxy): Record<string, string> {
  if (url.username === '' && url.password === '') return {};
  const account = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(account).toString('base64')}` };
}

function isDecodable({ username, password }: URL): boolean {
  try {
    decodeURIComponent(`${username}:${password}`);
    return true;
  } catch {
    return false; // A % that begins no escape.
  }
}

function firstSet(variables: Readonly<Record<string, string | undefined>>) {
  for (const [variable, text = ''] of Object.entries(variables)) {
    const value = text.trim();
    if (value !== '') return { variable, value };
  }
  return undefined;
}

function isExcepted(target: URL, noProxy: string): boolean {
  const host = target.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const port = target.port || (target.protocol === 'https:' ? '443' : '80');
  return noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => entry !== '' && covers(entry, host, port));
}

/** Returns true where an entry of NO_PROXY covers a host: `*`, an address, a network, a name, each with a port or without. */
function covers(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  // `name`, `name:port`, `[v6]`, `[v6]:port`; more than one colon without brackets: an address of IPv6.
  const [, bracketed, plain, wantedPort] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(entry) ?? [];
  if (wantedPort !== undefined && wantedPort !== port) return false;
  const name = bracketed ?? plain ?? entry;
  if (isIP(host) !== 0) return coversAddress(name, host);
  const suffix = name.replace(/^\*\./, '.');
  return suffix.startsWith('.') ? host.endsWith(suffix) : host === suffix || host.endsWith(`.${suffix}`);
}

function coversAddress(entry: string, address: string): boolean {
  const [base = '', prefix] = entry.split('/');
  const family = isIP(base);
  if (family === 0 || (prefix !== undefined && !/^\d{1,3}$/.test(prefix))) return false;
  const most = family === 6 ? 128 : 32;
  const length = prefix === undefined ? most : Number(prefix);
  if (length > most) return false;
  const list = new BlockList();
  list.addSubnet(base, length, family === 6 ? 'ipv6' : 'ipv4');
  return list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}
