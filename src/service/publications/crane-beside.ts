import { mkdir } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { readTextFile } from '../../diagnostics/read-text.js';
import type { CraneConfig } from '../../publish/crane/config/crane-config.js';
import { ownIndex } from '../../publish/crane/search/own-index.js';
import { type CraneServer, serveCrane } from '../../publish/crane/serve-crane.js';
import { readVendorsFile } from '../../publish/vendors/read-vendors.js';
import { VendorStores } from '../../publish/vendors/vendor-stores.js';
import { placedMessages } from '../../registry/server/config/placed-messages.js';
import type { ServerTlsFiles } from '../../registry/server/tls-server.js';

/** Options of Crane beside the service. */
export interface CraneBesideOptions {
  readonly host: string;
  readonly port: number;
  /** Configuration of Crane. Default: none. */
  readonly config: CraneConfig | undefined;
  /** File of vendors, whose redirect files are served unless `config` names a folder. */
  readonly vendors: string | undefined;
  /** Default: plain http. */
  readonly tls: ServerTlsFiles | undefined;
  readonly log: Writable | undefined;
  readonly errorLog: Writable;
}

/** Seconds between two looks at the files: whoever publishes by the service doesn't want to wait for them. */
const usualInterval = 10;

/** Seconds for which a signed address of a private bucket is good at least. */
const signedSeconds = 3600;

/**
 * Crane beside the service: answers clients from the redirect files of its vendors, whose private buckets sign addresses. The
 * file of vendors is looked at again as often as redirect files; while it has errors, what was read before is served.
 */
export class CraneBeside {
  readonly #options: CraneBesideOptions;
  readonly #complain: (message: string) => void;
  readonly #stores = new VendorStores();
  #server: { readonly folder: string; readonly running: CraneServer } | undefined;
  /** Text of the file of vendors that is in use; undefined: it is read again. */
  #used: string | undefined;
  #told = '';
  /** Folder that is to be served; undefined: none is known yet. */
  #folder: string | undefined;
  #port: number;
  #timer: NodeJS.Timeout | undefined;
  #look: Promise<void> = Promise.resolve();

  constructor(options: CraneBesideOptions, complain: (message: string) => void) {
    this.#options = options;
    this.#folder = options.config?.dataDir;
    this.#port = options.port;
    this.#complain = complain;
  }

  /**
   * Listens. It does not yet where a file of vendors that has errors would say what to serve.
   * @returns its address; undefined: it will listen once that file can be read
   * @throws Error where it can't listen
   */
  async begin(): Promise<string | undefined> {
    this.#tell(await this.#readVendors());
    try {
      const url = await this.#serve();
      this.#timer = setInterval(() => {
        this.#look = this.#look.then(() => this.#lookAgain());
      }, this.#seconds * 1000).unref();
      return url;
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Ends what is under way. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#look;
    await this.#server?.running.close();
    await this.#stores.close();
  }

  get #seconds(): number {
    return this.#options.config?.interval ?? usualInterval;
  }

  async #lookAgain(): Promise<void> {
    const wrong = [...(await this.#readVendors())];
    try {
      await this.#serve();
    } catch (error) {
      wrong.push(...placedMessages(error));
    }
    this.#tell(wrong);
  }

  /** Reads the file of vendors where it has changed. @returns lines of what is wrong */
  async #readVendors(): Promise<readonly string[]> {
    const { vendors: file, config } = this.#options;
    if (file === undefined) return [];
    try {
      const text = readTextFile(file);
      if (text === this.#used) return [];
      const { redirects, vendors } = readVendorsFile(file);
      const isSigned = (config?.links.v1 ?? config?.links.v2) !== undefined;
      const wrong = isSigned ? [] : await this.#stores.use(vendors);
      this.#used = wrong.length === 0 ? text : undefined;
      this.#folder = config?.dataDir ?? redirects;
      return wrong;
    } catch (error) {
      return placedMessages(error);
    }
  }

  /** Serves the folder. @returns the address; undefined: no folder is known yet */
  async #serve(): Promise<string | undefined> {
    const folder = this.#folder;
    if (folder === undefined || folder === this.#server?.folder) return this.#server?.running.url;
    const { host, config, tls, log, errorLog } = this.#options;
    // Where it can't be made, a look at it says that it is not there.
    if (config?.dataDir === undefined) await mkdir(folder, { recursive: true }).catch(() => undefined);
    await this.#server?.running.close();
    this.#server = undefined;
    const links = { signer: this.#stores, seconds: signedSeconds };
    const running = await serveCrane({
      dataDir: folder,
      interval: this.#seconds,
      endpoint: config?.endpoint,
      host,
      port: this.#port,
      links: config?.links.v1 === undefined && config?.links.v2 === undefined ? { v1: links, v2: links } : config.links,
      folders: config?.folders,
      store: config?.folders === undefined ? this.#stores : undefined,
      search: config?.search ?? ownIndex(),
      tls,
      log: config?.debug === true ? errorLog : log,
      errorLog,
    });
    this.#server = { folder, running };
    this.#port = Number(new URL(running.url).port) || this.#port;
    return running.url;
  }

  /** Complains, once until something else is wrong. */
  #tell(lines: readonly string[]): void {
    const said = lines.join('; ');
    if (said !== this.#told) for (const line of lines) this.#complain(`publications: ${line}`);
    this.#told = said;
  }
}
