/** Ways to log in, as the API has them. */
export interface LoginMethods {
  readonly oidc: { readonly title: string; readonly path: string } | null;
  readonly setup: boolean;
}
