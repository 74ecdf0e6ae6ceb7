/** Account and authorities of a registry that is mirrored. */
export interface UpstreamAccess {
  readonly host: string;
  readonly account: { readonly username: string; readonly passwordFile: string } | undefined;
  readonly caFile: string | undefined;
}
