import { isRecord } from '../../../model/is-record.js';
import { logOptionError } from './log-drivers.js';

/*
 * Rules by which dockerd refuses its configuration (moby: registry/config.go, daemon/logger/factory.go). A file that breaks
 * one makes a reload fail, and dockerd does not start with it.
 */

const domain = /^(?:[a-z0-9]|[a-z0-9][a-z0-9-]*[a-z0-9])(?:\.(?:[a-z0-9]|[a-z0-9][a-z0-9-]*[a-z0-9]))*$/i;
const longestName = 300;

/** Returns why dockerd refuses an entry of `insecure-registries`; undefined for a valid one. A scheme is ignored by dockerd. */
export function insecureRegistryError(entry: string): string | undefined {
  const must = 'must be host, host:port, or a network in CIDR form, as dockerd takes it';
  const text = entry.replace(/^https?:\/\//i, '');
  if (text.length > longestName) return must;
  if (isNetwork(text)) return undefined;
  const [, bracketed, plain = '', port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(.*))?$/s.exec(text) ?? [];
  if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) <= 65_535)) {
    return isAddress6(text) ? undefined : `${must}: ${portError(text, port)}`;
  }
  const isHost = bracketed === undefined ? domain.test(plain) : isAddress6(bracketed);
  if (isHost || isAddress6(text)) return undefined;
  return text.includes('/') ? `${must}: without a path` : must;
}

function portError(text: string, port: string): string {
  return text.includes('/') ? 'without a path' : `${port || 'nothing'} is no port`;
}

function isNetwork(text: string): boolean {
  const [, address = '', bits] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
  if (bits === undefined) return false;
  if (isAddress6(address)) return Number(bits) <= 128;
  return isAddress4(address) && Number(bits) <= 32;
}

function isAddress4(text: string): boolean {
  return /^\d{1,3}(?:\.\d{1,3}){3}$/.test(text) && text.split('.').every((part) => Number(part) <= 255);
}

function isAddress6(text: string): boolean {
  return text.includes(':') && /^[0-9a-f:.]+$/i.test(text) && URL.canParse(`http://[${text}]`);
}

/** Returns why dockerd refuses a mirror of `registry-mirrors`; undefined for a valid one. */
export function mirrorError(mirror: string): string | undefined {
  const must = 'must be the URL of a registry as dockerd takes it: https://mirror.example.com';
  const [, scheme, rest = ''] = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/is.exec(mirror) ?? [];
  if (scheme === undefined || !/^https?$/i.test(scheme)) return `${must}, beginning with http:// or https://`;
  if (/[\s'"\\]/.test(mirror)) return `${must}, without blanks, quotes and backslashes`;
  if (rest.includes('@')) return `${must}, without an account`;
  if (/[?#]/.test(rest) || !/^[^/]*\/?$/.test(rest)) return `${must}, without path, query and fragment`;
  return rest.replace('/', '') !== '' && URL.canParse(mirror) ? undefined : must;
}

/** Key of a daemon.json that dockerd refuses the value of. */
export interface RefusedKey {
  readonly key: string;
  /** Entry of a list, or name of an option. */
  readonly entry: string;
  readonly why: string;
}

/** Returns what dockerd refuses of a daemon.json, as far as its rules are the same in all versions. */
export function refusedIn(config: Readonly<Record<string, unknown>>): RefusedKey[] {
  const entries = (key: string, errorOf: (entry: string) => string | undefined): RefusedKey[] => {
    const list = config[key];
    return (Array.isArray(list) ? list : []).flatMap((entry: unknown) => {
      const why = typeof entry === 'string' ? errorOf(entry) : 'must be text';
      return why === undefined ? [] : [{ key, entry: typeof entry === 'string' ? entry : JSON.stringify(entry), why }];
    });
  };
  const driver = config['log-driver'];
  const options = config['log-opts'];
  return [
    ...entries('insecure-registries', insecureRegistryError),
    ...entries('registry-mirrors', mirrorError),
    ...Object.entries(isRecord(options) ? options : {}).flatMap(([entry, value]) => {
      const why = logOptionError(typeof driver === 'string' ? driver : 'json-file', entry, value);
      return why === undefined ? [] : [{ key: 'log-opts', entry, why }];
    }),
  ];
}
