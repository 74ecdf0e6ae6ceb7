import type { Readable } from 'node:stream';
import type { Redirect } from '../redirects/redirect.js';
import type { ObjectStore, StoredObject } from '../stores/object-store.js';

/** Layout of objects in a store: the first docker-registry's, Pulp 2's for Crane, that of a registry without a server. */
export type LayoutKind = 'v1' | 'pulp' | 'static';

/** Object of a publication. */
export interface PublishedObject {
  readonly key: string;
  /** Turn in which it is stored: all objects of a lower one are there before. */
  readonly stage: number;
  /** In bytes. */
  readonly size: number;
  /** In hex. */
  readonly sha256: string;
  /** In hex; undefined where it wasn't computed. */
  readonly md5?: string | undefined;
  readonly contentType: string;
  readonly cacheControl: string;
  /** True where the key has the digest of the bytes: what is there by it has these bytes. */
  readonly isAddressed: boolean;
  /** Bytes, or a function that reads them from a byte on. */
  readonly content: Uint8Array | ((from: number) => Promise<Readable>);
}

/** Tag of a publication, and what a client reads that pulls it. */
export interface PublishedTag {
  readonly tag: string;
  /** Keys of manifests and configurations. */
  readonly documents: readonly string[];
  /** Keys of layers. */
  readonly layers: readonly string[];
}

/** Objects of a publication, in the order in which they are named to people; their stages say what comes before what. */
export interface Publication {
  readonly kind: LayoutKind;
  /** Name that clients pull. */
  readonly name: string;
  /** Beginning of the keys of all objects of the repository, with a slash. */
  readonly folder: string;
  /** Beginning of the keys of all objects that the store has yet to be asked for. */
  readonly prefix: string;
  /** Objects that the store was asked for: others outside of the prefix are not there. */
  readonly there: ReadonlyMap<string, StoredObject>;
  readonly objects: readonly PublishedObject[];
  readonly tags: readonly PublishedTag[];
  /** Keys of what its tags led to in another folder before: deleted when the redirect file no longer names it. Default: none. */
  readonly outdated?: readonly string[];
  /** Makes the redirect file for content at an address; undefined for a layout that has none. */
  readonly redirect: ((url: string) => Redirect) | undefined;
  /** Lines for people, before anything is stored. */
  readonly notices: readonly string[];
}

/** Layout with the images that are to be published in it. */
export interface PublishLayout {
  readonly kind: LayoutKind;
  /** Returns true where the source itself says that it is for clients with a certificate alone. Default: none says so. */
  isProtected?(): Promise<boolean>;
  /** Works out the objects of a publication, and reads of the store what they add to: lists. Nothing is stored. */
  plan(store: ObjectStore): Promise<Publication>;
}

/** Cache-Control of what never changes. */
export const forEver = 'public, max-age=31536000, immutable';
/** Cache-Control of tags and lists. */
export const forAMinute = 'public, max-age=60';
