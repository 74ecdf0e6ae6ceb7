import type { Pattern } from '../../registry/lists/image-list.js';
import type { LayoutKind } from '../layouts/publication.js';
import type { TreeVersion } from '../layouts/v2-places.js';
import type { VendorOfFile } from './vendors-file.js';

/** Application of a vendor. */
export interface VendorApp {
  readonly app: string;
  /** Default: given to each command. */
  readonly source: string | undefined;
  /** Patterns of the tags that are published. None: all of them. */
  readonly tags: readonly Pattern[];
  readonly layout: LayoutKind;
  readonly name: string;
  readonly repository: string | undefined;
  readonly mask: readonly string[];
  readonly redirectVersion: TreeVersion;
  /** For clients alone whose certificate covers the address of its content. */
  readonly isProtected: boolean;
  /** File that says what is published: `redirects/acme/acme-web.json`. Undefined: the layout needs none. */
  readonly redirectFile: string | undefined;
}

/** Vendor, and what is published for it. */
export interface Vendor extends Omit<VendorOfFile, 'apps'> {
  readonly vendor: string;
  readonly apps: readonly VendorApp[];
}
