import type { Directions } from './bandwidth.js';
import type { Exchange } from './exchange.js';
import type { Capabilities } from './registry.js';
import type { TransferLimits } from './verified-body.js';

/** Context that all parts of a registry's client share. */
export interface ClientContext {
  readonly host: string;
  readonly exchange: Exchange;
  readonly capabilities: Capabilities;
  readonly limits: TransferLimits;
  readonly signal: AbortSignal | undefined;
  /** Receives a line for content of the registry that is left out. */
  readonly notice: (line: string) => void;
  readonly bandwidth: Directions;
  /** Bytes of blobs and manifests so far. */
  readonly bytes: { received: number; sent: number };
}
