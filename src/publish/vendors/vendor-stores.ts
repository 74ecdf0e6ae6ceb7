import { reasonOf } from '../../diagnostics/reason.js';
import type { StoreContent } from '../crane/parts.js';
import { storeContent } from '../crane/store-content.js';
import type { LinkSigner } from '../links/link-signer.js';
import type { Redirect } from '../redirects/redirect.js';
import type { ObjectStore } from '../stores/object-store.js';
import { isInStore, type ServedStore } from '../stores/served-store.js';
import { storeLinks } from '../stores/store-links.js';
import { openVendorStore } from './app-places.js';
import type { Vendor } from './vendor.js';

/** Bytes of manifests of all vendors that are kept in memory. */
const mostKept = 64 << 20;

interface OpenedStore {
  readonly vendor: string;
  readonly served: ServedStore;
  readonly content: StoreContent;
  readonly signer: LinkSigner;
}

/**
 * Private buckets of vendors, as content for Crane's answers: manifests are read from them, and addresses signed by them. What
 * lies elsewhere is led to as it is.
 */
export class VendorStores implements StoreContent, LinkSigner {
  #stores: readonly OpenedStore[] = [];
  /** Stores that were replaced: what they are asked may still be under way. */
  #replaced: readonly OpenedStore[] = [];
  readonly #ending = new AbortController();

  /**
   * Opens the buckets of these vendors in place of those before. Credentials are looked for; nothing is requested yet.
   * @returns a line for each vendor whose bucket can't be used
   */
  async use(vendors: readonly Vendor[]): Promise<readonly string[]> {
    const own = vendors.filter(({ access, to }) => access === 'private' && to.startsWith('s3://'));
    const opened: OpenedStore[] = [];
    const wrong: string[] = [];
    for (const vendor of own) {
      try {
        opened.push(await this.#open(vendor, Math.floor(mostKept / own.length)));
      } catch (error) {
        wrong.push(`${vendor.vendor}: ${reasonOf(error)}`);
      }
    }
    await closeAll(this.#replaced);
    this.#replaced = this.#stores;
    this.#stores = opened;
    return wrong;
  }

  has({ url }: Redirect): boolean {
    return this.#at(url) !== undefined;
  }

  async read(repository: Parameters<StoreContent['read']>[0], path: string): Promise<Buffer | undefined> {
    return await this.#at(repository.url)?.content.read(repository, path);
  }

  async sizeOf(repository: Redirect, path: string): Promise<number | undefined> {
    return await this.#at(repository.url)?.content.sizeOf(repository, path);
  }

  async sign(url: string, until: number): Promise<string> {
    return (await this.#at(url)?.signer.sign(url, until)) ?? url;
  }

  /** Ends what is under way. */
  async close(): Promise<void> {
    this.#ending.abort();
    await closeAll([...this.#replaced, ...this.#stores]);
  }

  #at(url: string): OpenedStore | undefined {
    return this.#stores.find(({ served }) => isInStore(served, url));
  }

  async #open(vendor: Vendor, kept: number): Promise<OpenedStore> {
    const store = await openVendorStore(vendor, this.#ending.signal);
    try {
      await store.presign?.('v2/', new Date()); // Without credentials no request could be answered.
      const served = { store, url: vendor.url ?? store.url ?? '' };
      return { vendor: vendor.vendor, served, content: storeContent(served, kept), signer: storeLinks(served) };
    } catch (error) {
      await store.close();
      throw error;
    }
  }
}

async function closeAll(stores: readonly { readonly served: { readonly store: ObjectStore } }[]): Promise<void> {
  for (const { served } of stores) await served.store.close();
}
