import { readTextFile } from '../../../../diagnostics/read-text.js';
import { DirectoryUnavailable } from '../password-directory.js';
import { LdapConnection, ldapResult, unavailable } from './ldap-connection.js';
import type { LdapOptions, LdapServer } from './ldap-options.js';

/** Milliseconds for which a server that failed is tried last. */
const mistrust = 30_000;
/** Milliseconds after which the connection for searches is made anew: by then the first server may be back. */
const longestUse = 300_000;
const largestFile = 1 << 20;
/** Results of a server that can't work: busy, unavailable, shutting down. */
const unableResults = new Set([51, 52, 80]);

interface Searcher {
  readonly server: LdapServer;
  readonly connection: LdapConnection;
  readonly until: number;
}

/** Servers of a directory, tried in order. One connection searches; each password is checked on one of its own. */
export class LdapServers {
  readonly #options: LdapOptions;
  readonly #failed = new Map<LdapServer, number>();
  #searcher: Promise<Searcher> | undefined;
  #binding = 0;
  readonly #waiting: (() => void)[] = [];
  #isClosed = false;

  constructor(options: LdapOptions) {
    this.#options = options;
  }

  /** Works on the connection for searches. It is made anew once where it was lost. @throws DirectoryUnavailable */
  async bySearcher<Value>(work: (connection: LdapConnection) => Promise<Value>): Promise<Value> {
    for (let isFirst = true; ; isFirst = false) {
      const searcher = await this.#openSearcher();
      try {
        return await work(searcher.connection);
      } catch (error) {
        const result = ldapResult(error);
        // Another server would answer the same, unless this one says that it can't.
        const isAnswer = error instanceof DirectoryUnavailable || (result !== undefined && !unableResults.has(result));
        if (!isAnswer) {
          this.#failed.set(searcher.server, performance.now() + mistrust);
          this.#drop(searcher);
        }
        if (isAnswer || !isFirst) throw unavailable(searcher.server, error);
      }
    }
  }

  /** Shows a password to the first server that answers. @throws DirectoryUnavailable */
  async bind(dn: string, password: string): Promise<'right' | 'wrong' | 'refused'> {
    if (this.#binding >= this.#options.connections) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#binding += 1;
    try {
      return await this.#onEach(async (server) => {
        const connection = await LdapConnection.open(server, this.#socketOptions());
        try {
          return await connection.bind(dn, password);
        } finally {
          connection.close();
        }
      });
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#binding -= 1;
      else next();
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const searcher = await this.#searcher?.catch(() => undefined); // What can't be opened needs no end.
    searcher?.connection.close();
  }

  async #openSearcher(): Promise<Searcher> {
    const former = await this.#searcher?.catch(() => undefined); // The one who opened it has the error.
    if (former !== undefined) {
      if (former.connection.isOpen && performance.now() < former.until) return former;
      this.#drop(former);
    }
    this.#searcher ??= this.#connectSearcher();
    return await this.#searcher;
  }

  async #connectSearcher(): Promise<Searcher> {
    try {
      return await this.#onEach(async (server) => {
        const connection = await LdapConnection.open(server, this.#socketOptions());
        const { searcher } = this.#options;
        try {
          if (searcher !== undefined) await this.#bindSearcher(connection, searcher);
        } catch (error) {
          connection.close();
          throw error;
        }
        return { server, connection, until: performance.now() + longestUse };
      });
    } catch (error) {
      this.#searcher = undefined;
      throw error;
    }
  }

  async #bindSearcher(
    connection: LdapConnection,
    { dn, passwordFile }: NonNullable<LdapOptions['searcher']>,
  ): Promise<void> {
    const password = readTextFile(passwordFile, { most: largestFile, besides: 'none' }).replace(/\r?\n$/, '');
    const proof = await connection.bind(dn, password);
    if (proof !== 'right') throw new Error(`the server refuses ${dn} with the password of ${passwordFile}`);
  }

  #drop(searcher: Searcher): void {
    searcher.connection.close();
    const current = this.#searcher;
    void current?.then(
      (found) => {
        if (found === searcher && this.#searcher === current) this.#searcher = undefined;
      },
      () => {}, // Its opener has the error.
    );
  }

  /** Tries the servers, those that have just failed last. @throws DirectoryUnavailable with the reason of each */
  async #onEach<Value>(work: (server: LdapServer) => Promise<Value>): Promise<Value> {
    const reasons: string[] = [];
    for (const server of this.#order()) {
      if (this.#isClosed) break;
      try {
        const value = await work(server);
        this.#failed.delete(server);
        return value;
      } catch (error) {
        this.#failed.set(server, performance.now() + mistrust);
        reasons.push(unavailable(server, error).message);
      }
    }
    throw new DirectoryUnavailable(`no server of the directory answers: ${reasons.join('; ')}`);
  }

  #order(): LdapServer[] {
    const now = performance.now();
    const hasFailed = (server: LdapServer) => ((this.#failed.get(server) ?? 0) > now ? 1 : 0);
    return [...this.#options.servers].sort((one, other) => hasFailed(one) - hasFailed(other));
  }

  #socketOptions() {
    const { caFile, timeout } = this.#options;
    const ca = caFile === undefined ? undefined : readTextFile(caFile, { most: largestFile, besides: 'none' });
    return { ca, timeout };
  }
}
