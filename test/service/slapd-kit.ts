import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { loopbackCertificate } from '../kit/scripted-registry.js';
import { findProgram } from '../lab/machine/packages.js';
import { freePort } from '../registry/proxy/start-registry.js';

const run = promisify(execFile);

/** Directory of OpenLDAP on loopback: `dc=example,dc=com`, readable by its reader alone. */
export interface Slapd {
  /** `ldap://…`, where StartTLS is taken too. */
  readonly url: string;
  readonly secureUrl: string;
  /** Files of the authority that signed its certificate, and of the reader's password. */
  readonly ca: string;
  readonly readerPassword: string;
  /** Adds or changes entries, in LDIF. */
  change(ldif: string): Promise<void>;
  /** Stops it. `start` begins again with the same entries, on the same ports. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Lines of its log: operations. */
  readonly log: () => string;
  close(): Promise<void>;
}

export const base = 'dc=example,dc=com';
export const reader = `cn=reader,${base}`;
const root = `cn=root,${base}`;

/** Starts slapd in a new folder. It takes binds without a password as nobody's, as careless servers do. */
export async function startSlapd(ldif: string): Promise<Slapd> {
  const folder = await mkdtemp(join(tmpdir(), 'provision-slapd-'));
  const file = (name: string) => join(folder, name);
  const [port, securePort] = [await freePort(), await freePort()];
  const { ca, cert, key } = await loopbackCertificate();
  for (const [name, text] of Object.entries({ 'ca.pem': ca, 'cert.pem': cert, 'key.pem': key, reader: 'reading\n' })) {
    await writeFile(file(name), text);
  }
  await mkdir(file('data'));
  await writeFile(file('slapd.conf'), configuration(folder));
  const url = `ldap://127.0.0.1:${port}`;
  const secureUrl = `ldaps://127.0.0.1:${securePort}`;
  let log = '';
  let child: ReturnType<typeof spawn> | undefined;
  const start = async () => {
    const started = spawn(
      findProgram('slapd') ?? 'slapd',
      ['-d', 'stats', '-f', file('slapd.conf'), '-h', `${url}/ ${secureUrl}/`],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    child = started;
    started.stderr.on('data', (chunk) => {
      log += String(chunk);
    });
    for (let tries = 0; !(await answers(port)); tries += 1) {
      if (tries > 300 || started.exitCode !== null) throw new Error(`slapd does not answer: ${log.slice(-2000)}`);
      await pause(50);
    }
  };
  const stop = async () => {
    if (child === undefined || child.exitCode !== null) return;
    const over = once(child, 'exit');
    child.kill('SIGKILL');
    await over;
  };
  let count = 0;
  const change = async (text: string) => {
    count += 1;
    const changes = file(`changes-${count}.ldif`);
    await writeFile(changes, text);
    await run('ldapmodify', ['-a', '-x', '-H', url, '-D', root, '-w', 'root', '-f', changes]);
  };
  await start();
  await change(ldif);
  return {
    url,
    secureUrl,
    ca: file('ca.pem'),
    readerPassword: file('reader'),
    change,
    start,
    stop,
    log: () => log,
    close: async () => {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function configuration(folder: string): string {
  return `include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/nis.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload memberof
pidfile ${folder}/pid
TLSCACertificateFile ${folder}/ca.pem
TLSCertificateFile ${folder}/cert.pem
TLSCertificateKeyFile ${folder}/key.pem
allow bind_anon_cred bind_anon_dn
database mdb
suffix "${base}"
rootdn "${root}"
rootpw root
directory ${folder}/data
dbnosync
index uid,entryUUID,member eq
overlay memberof
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="${reader}" read by anonymous auth by * none
`;
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false; // Not yet.
  } finally {
    socket.destroy();
  }
}
