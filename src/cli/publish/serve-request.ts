/** Request of `provision publish serve`: the options that were given. */
export interface ServeCraneRequest {
  readonly dataDir?: string;
  readonly listen: ListenAddress;
  readonly config?: string;
  readonly interval?: number;
  readonly endpoint?: string;
  readonly contentV1?: string;
  readonly contentV2?: string;
  readonly store?: string;
  readonly storeUrl?: string;
  readonly s3Endpoint?: string;
  readonly region?: string;
  readonly profile?: string;
  readonly ca?: string;
  /** Seconds. */
  readonly presign?: number;
  readonly search?: boolean;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsClientCa?: string;
  readonly clientCertHeader?: string;
  readonly trustedProxy?: string[];
  readonly log?: boolean;
  readonly json: boolean;
  readonly verbose: number;
}

/** Address to listen on. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}
