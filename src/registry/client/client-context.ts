import type { Exchange } from './exchange.js';
import type { Capabilities } from './registry.js';
import type { TransferLimits } from './verified-body.js';

/** What all parts of a registry's client share. */
export interface ClientContext {
  readonly host: string;
  readonly exchange: Exchange;
  readonly capabilities: Capabilities;
  readonly limits: TransferLimits;
  readonly signal: AbortSignal | undefined;
  /** Is told what the registry says that is left out, a line each. */
  readonly notice: (line: string) => void;
  /** Bytes of blobs and manifests so far. */
  readonly bytes: { received: number; sent: number };
}
