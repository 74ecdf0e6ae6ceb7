import { generateKeyPairSync } from 'node:crypto';
import ssh2, { type Session } from 'ssh2';

/** A server in this process that lets anybody in, and then does as a test says. */
export interface FaultyServer {
  readonly port: number;
  /** Lines for known_hosts. */
  readonly knownHosts: string;
  /** Ends the links that stand, as a reset would. */
  cut(): void;
  close(): Promise<void>;
}

/** What becomes of a request for a session: `undefined` leaves it unanswered. */
export type SessionFault = ((accept: () => Session, reject: () => void) => void) | undefined;

export async function faultyServer(onSession: SessionFault): Promise<FaultyServer> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = privateKey.export({ type: 'sec1', format: 'pem' }).toString();
  const cuts = new Set<() => void>();
  const server = new ssh2.Server({ hostKeys: [pem] }, (client, _info) => {
    cuts.add(() => client.end());
    client.on('error', () => {});
    client.on('authentication', (context) => context.accept());
    client.on('ready', () => {
      client.on('session', (accept, reject) => onSession?.(accept, reject));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address: unknown = server.address();
  const port = typeof address === 'object' && address !== null && 'port' in address ? Number(address.port) : 0;
  const key = ssh2.utils.parseKey(pem);
  if (key instanceof Error) throw key;
  return {
    port,
    knownHosts: `[127.0.0.1]:${port} ${key.type} ${key.getPublicSSH().toString('base64')}\n`,
    cut() {
      for (const cut of cuts) cut();
    },
    close: () =>
      new Promise((resolve) => {
        for (const cut of cuts) cut();
        server.close(() => resolve());
      }),
  };
}
