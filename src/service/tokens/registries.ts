import type { RegistryKind } from '../access/rights/kinds.js';

/** Registry that trusts the tokens of the service. */
export interface TrustingRegistry {
  /** Audience of its tokens (`service`), which stands in rights as `registry`, too. */
  readonly name: string;
  /** Address as it stands in references: `127.0.0.1:5000`. */
  readonly host: string;
  /** Authorities of its certificate, PEM; undefined: those of the system. */
  readonly ca?: string | undefined;
  /** Takes neither pushes nor deletes. */
  readonly isReadOnly: boolean;
  /** Undefined: visibility and roles alone decide. */
  readonly kind?: RegistryKind | undefined;
  /** Registry that it mirrors: `https://registry.example.com`. */
  readonly upstream?: string | undefined;
  /** Listener of it in this process; undefined: it is elsewhere. */
  readonly beside?: { readonly scheme: 'http' | 'https'; readonly address: string; readonly port: number } | undefined;
  /** Hosts of its content, where the service itself answers at `host`; undefined: it is one registry. */
  readonly members?: { readonly writer: string; readonly replicas: readonly string[] } | undefined;
}

/** Registries that trust the service, as they are at the moment. */
export interface TrustingRegistries {
  find(service: string): TrustingRegistry | undefined;
  list(): readonly TrustingRegistry[];
}
