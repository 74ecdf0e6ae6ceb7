/** Options of `provision accounts`. */
export interface AccountsRequest {
  readonly service: string;
  readonly as?: string;
  readonly passwordStdin: boolean;
  readonly json: boolean;
  readonly verbose: number;
}

export interface SetupRequest extends AccountsRequest {
  readonly token: string;
}

export interface CreateRequest extends AccountsRequest {
  readonly admin: boolean;
  readonly fullName?: string;
}

export interface TokenRequest extends AccountsRequest {
  readonly pull: readonly string[];
  readonly push: readonly string[];
  readonly api: string;
}
