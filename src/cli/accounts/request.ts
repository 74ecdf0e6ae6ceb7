import type { ServiceRequest } from '../service/service-request.js';

export interface SetupRequest extends ServiceRequest {
  readonly token: string;
}

export interface CreateRequest extends ServiceRequest {
  readonly admin: boolean;
  readonly fullName?: string;
}

export interface TokenRequest extends ServiceRequest {
  readonly pull: readonly string[];
  readonly push: readonly string[];
  readonly api: string;
}
