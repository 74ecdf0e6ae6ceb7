import type { Facts } from '../../model/facts.js';
import type { Reply } from '../../model/resource.js';
import type { RecordPlace } from '../records/record-places.js';
import { hostAddresses } from './addresses.js';

/** Handler that an earlier run recorded on the host and that has not run since. */
export interface EarlierHandler {
  readonly id: string;
  /** Name at that time. */
  readonly name: string;
  readonly place: RecordPlace;
}

/** Answer to the first request to a host. */
export interface FirstAnswer {
  readonly facts: Facts;
  /** Identity of the running system, which no other has; empty where too little is known of it. */
  readonly machine: string;
  readonly pending: readonly EarlierHandler[];
  /** Lines of the records of what was written there, by place. */
  readonly written: Readonly<Record<RecordPlace, readonly string[]>>;
}

/**
 * Reads what {@link factsScript} printed.
 *
 * @throws Error when the script didn't reach its end
 */
export function parseFacts(reply: Reply): FirstAnswer {
  const values = readLines(reply.stdout);
  if (values('end')[0] !== 'facts') {
    throw new Error(`the host's facts could not be read (exit status ${reply.status}): ${reply.stderr.trim()}`);
  }
  const one = (key: string) => values(key)[0] ?? '';
  const release = oldRelease(one('redhat-release'), one('debian_version'));
  const id = one('os_id') || release.id;
  const version = one('os_version') || release.version;
  const family = familyOf(id, one('os_like'));
  const hostname = one('node').split('.')[0] ?? '';
  const fqdn = one('fqdn') || one('node');
  const { addresses, defaultAddress } = hostAddresses(values.entries, one('route'));
  return {
    facts: {
      os_family: family,
      os_id: id,
      os_version: version,
      os_major: Number.parseInt(version, 10) || 0,
      os_name: one('os_name') || one('redhat-release') || id,
      arch: one('arch'),
      kernel: one('kernel'),
      hostname,
      fqdn: fqdn === 'localhost' || fqdn.startsWith('localhost.') ? one('node') : fqdn,
      addresses,
      default_address: defaultAddress,
      package_manager: packageManager(family, values('package_manager')),
      service_manager: serviceManager(one('service_manager')),
      docker_version: /^Docker version ([^\s,]+)/.exec(one('docker'))?.[1] ?? '',
      podman_version: /^podman version (\S+)/.exec(one('podman'))?.[1] ?? '',
      user: one('user'),
      uid: Number.parseInt(one('uid'), 10),
      home: one('home'),
    },
    machine: machineOf(one('machine'), [one('node'), defaultAddress, one('uid')]),
    pending: [...earlierHandlers('system', values('pending.system')), ...earlierHandlers('own', values('pending.own'))],
    written: { system: values('written.system'), own: values('written.own') },
  };
}

/**
 * Returns the identity of a running system. Clones of an image share the machine id, and containers the boot id; those of
 * one image on one host differ in their root folder or mount namespace, and clones of a running machine in name or address.
 *
 * @param said machine id, boot id, and the devices and inodes of root folder and mount namespace
 */
function machineOf(said: string, more: readonly string[]): string {
  return /^(?!0+ )[\da-f]{32} [\da-f-]{36} \d+:\d+ \d+:\d+$/.test(said) ? [said, ...more].join(' ') : '';
}

function readLines(text: string) {
  const entries = text.split('\n').flatMap((line): [string, string][] => {
    const equals = line.indexOf('=');
    return equals < 0 ? [] : [[line.slice(0, equals), line.slice(equals + 1).trim()]];
  });
  const byName = new Map<string, string[]>();
  for (const [name, value] of entries) {
    const known = byName.get(name);
    if (known === undefined) byName.set(name, [value]);
    else known.push(value);
  }
  const values = (key: string): readonly string[] => byName.get(key) ?? [];
  return Object.assign(values, { entries });
}

/** Reads the release files of systems without os-release(5). */
function oldRelease(redhat: string, debian: string): { readonly id: string; readonly version: string } {
  const version = /release (\d[\d.]*)/.exec(redhat)?.[1] ?? '';
  if (redhat !== '') return { id: /^red hat/i.test(redhat) ? 'rhel' : 'centos', version };
  return debian === '' ? { id: '', version: '' } : { id: 'debian', version: debian };
}

function familyOf(id: string, like: string): Facts['os_family'] {
  const names = [id, ...like.split(/\s+/)];
  if (names.some((name) => ['debian', 'ubuntu', 'raspbian'].includes(name))) return 'debian';
  const redhat = ['rhel', 'fedora', 'centos', 'rocky', 'almalinux', 'ol', 'amzn', 'scientific', 'redhat'];
  return names.some((name) => redhat.includes(name)) ? 'redhat' : 'other';
}

/** Prefers the family's own: dnf can be installed on Debian, and apt-get on Fedora. */
function packageManager(family: Facts['os_family'], found: readonly string[]): Facts['package_manager'] {
  const wanted = family === 'debian' ? (['apt', 'dnf', 'yum'] as const) : (['dnf', 'yum', 'apt'] as const);
  return wanted.find((name) => found.includes(name === 'apt' ? 'apt-get' : name)) ?? 'none';
}

function serviceManager(found: string): Facts['service_manager'] {
  return found === 'systemd' || found === 'sysvinit' ? found : 'none';
}

function earlierHandlers(place: RecordPlace, lines: readonly string[]): readonly EarlierHandler[] {
  return lines.map((line) => {
    const blank = line.indexOf(' ');
    const id = blank < 0 ? line : line.slice(0, blank);
    return { id, name: (blank < 0 ? '' : line.slice(blank + 1)) || id, place };
  });
}
