/** Client that a directory is shared with, and its options. */
export interface Client {
  /** Name, wildcard, address, network or netgroup, as exports(5) has them. */
  readonly host: string;
  readonly options: string[];
}

/**
 * Reads clients as they stand in a line of exports(5): `nfs1(rw,sync) *.example.com(ro)`.
 *
 * @returns what is wrong with the text, where it is wrong
 */
export function readClients(text: string): readonly Client[] | string {
  const clients: Client[] = [];
  let rest = text.trim();
  while (rest !== '') {
    const [all = '', host = '', options] = /^([^\s()]+)(?:\(([^()]*)\))?(?=\s|$)/.exec(rest) ?? [];
    if (all === '' || rest.startsWith('-')) return whatIsWrong(rest, clients.at(-1));
    if (options !== undefined && /\s/.test(options)) {
      return `${all} has a blank between the parentheses: options are separated by commas alone`;
    }
    clients.push({ host, options: options === undefined || options === '' ? [] : options.split(',') });
    rest = rest.slice(all.length).trimStart();
  }
  return clients;
}

function whatIsWrong(rest: string, before: Client | undefined): string {
  if (rest.startsWith('-')) return defaultOptions(rest);
  if (!rest.startsWith('(')) return `${rest} is no client: write client(option,option)`;
  if (before === undefined) return `${rest} has options but no client: write *${rest} to share with everybody`;
  return (
    `a blank stands between ${before.host} and ${rest}: that would share with ${before.host} by the default options, ` +
    `and with everybody by ${rest}. Write ${before.host}${rest}`
  );
}

function defaultOptions(rest: string): string {
  const [words = ''] = rest.split(/\s/);
  return `${words} are options for all clients that follow, which is not supported: write them for each client, in parentheses`;
}

const label = '[A-Za-z0-9_*?\\[\\]-]';
const names = new RegExp(`^${label}+(\\.${label}+)*\\.?$`);
const address4 = /^(\d{1,3}\.){3}\d{1,3}(\/(\d{1,2}|(\d{1,3}\.){3}\d{1,3}))?$/;
const address6 = /^[0-9a-fA-F:]*:[0-9a-fA-F:.]*(%\w+)?(\/\d{1,3})?$/;
const netgroup = /^@[\w.-]+$/;

/** Longest client, in characters: a name in DNS has 253. */
const longestClient = 300;

/** Tells whether exports(5) accepts this as a client. */
export function isClient(host: string): boolean {
  const bits = Number(/\/(\d+)$/.exec(host)?.[1] ?? 0);
  if (/^[\d./]+$/.test(host)) {
    return bits <= 32 && address4.test(host) && host.split(/[./]/).every((part) => Number(part) <= 255);
  }
  if (host.length > longestClient) return false;
  if (host.includes(':')) return bits <= 128 && address6.test(host);
  return [names, netgroup].some((form) => form.test(host)) || /^gss\/krb5[ip]?$/.test(host);
}

/** Tells whether a client is one host, by name or address. The server's resolver may write it in another way. */
export function isName(host: string): boolean {
  return !/[*?[\]/@]/.test(host);
}
