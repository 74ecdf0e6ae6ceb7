import type { Socket } from 'node:net';
import type { Client, Entry, SearchOptions } from 'ldapts';
import { DirectoryUnavailable } from '../password-directory.js';
import type { LdapServer } from './ldap-options.js';
import { type LdapSocketOptions, openLdapSocket } from './ldap-socket.js';

/** Results of a bind that say something of the account, and nothing of the server (RFC 4511, appendix A). */
const wrongResults = new Set([32, 48, 49]);
const refusedResults = new Set([19, 50, 53]);

/** Connection to a server of LDAP. Once it is lost it stays so: another would be nobody's, and see less. */
export class LdapConnection {
  readonly #client: Client;
  readonly #socket: Socket;

  private constructor(client: Client, socket: Socket) {
    this.#client = client;
    this.#socket = socket;
  }

  /** @throws DirectoryUnavailable */
  static async open(server: LdapServer, options: LdapSocketOptions): Promise<LdapConnection> {
    const { Client: LdapClient } = await import('ldapts');
    let given: Socket | undefined;
    try {
      given = await openLdapSocket(server, options);
    } catch (error) {
      throw unavailable(server, error);
    }
    const socket = given;
    // ldapts wants a function with all forms of `net.connect`, and calls it for a socket alone.
    const createConnection = (() => {
      const one = given;
      given = undefined;
      if (one === undefined) throw new Error('the connection was closed');
      return one;
    }) as unknown as typeof import('node:net').connect;
    // It gets a socket that is connected, and encrypted where that is wanted.
    const client = new LdapClient({ url: 'ldap://directory', timeout: options.timeout, createConnection });
    return new LdapConnection(client, socket);
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed && this.#socket.readyState === 'open';
  }

  /** Shows the server a password. @throws Error for any other result */
  async bind(dn: string, password: string): Promise<'right' | 'wrong' | 'refused'> {
    // Without a name or password it would be nobody's, and succeed (RFC 4513, 5.1).
    if (!dn.includes('=') || password === '') return 'wrong';
    try {
      await this.#client.bind(dn, password);
      return 'right';
    } catch (error) {
      const code = ldapResult(error);
      if (code !== undefined && wrongResults.has(code)) return 'wrong';
      if (code !== undefined && refusedResults.has(code)) return 'refused';
      throw error;
    }
  }

  /** Searches. References to other servers are not followed. @throws Error */
  async entries(base: string, options: SearchOptions): Promise<Entry[]> {
    if (!this.isOpen) throw new Error('the connection was closed');
    return (await this.#client.search(base, { ...options, derefAliases: 'never' })).searchEntries;
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** Returns the result code of an error that a server answered; undefined: it is another error. */
export function ldapResult(error: unknown): number | undefined {
  // Codes of the system's errors are texts.
  return error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : undefined;
}

/** Makes the failure of one server. */
export function unavailable({ host, port }: LdapServer, error: unknown): DirectoryUnavailable {
  if (error instanceof DirectoryUnavailable) return error;
  const result = ldapResult(error);
  const text = error instanceof Error ? error.message.replaceAll(/\s+/g, ' ').trim() : String(error);
  const reason = result === undefined ? text : `result ${result} of LDAP (${text})`;
  return new DirectoryUnavailable(`${host}:${port}: ${reason}`, { cause: error });
}
