import type { ServiceRequest } from '../service/service-request.js';

/** Options of `provision registries` that are fields of a registry. */
export interface RegistryFieldOptions {
  readonly port?: number | 'auto';
  readonly version?: string;
  readonly nfs?: string;
  readonly directory?: string;
  readonly runtime?: 'package' | 'docker' | 'podman' | 'embedded';
  readonly writable?: boolean;
  readonly readOnly?: boolean;
  readonly delete?: boolean;
  readonly visibility?: 'public' | 'internal' | 'private';
  readonly kind?: 'private' | 'sponsor' | 'mirror' | 'vendor';
  readonly description?: string;
  readonly address?: string;
  readonly trusted?: boolean;
  readonly setting: readonly string[];
}

/** Options of what makes a job. */
export interface RegistryJobRequest extends ServiceRequest {
  readonly check: boolean;
  readonly wait: boolean;
  readonly color?: boolean;
}

export interface CreateRegistryRequest extends RegistryJobRequest, RegistryFieldOptions {
  readonly host: string;
}

export interface SetRegistryRequest extends RegistryJobRequest, RegistryFieldOptions {
  readonly unset: readonly string[];
}
