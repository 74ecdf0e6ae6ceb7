/** What a request to a registry is for, by the endpoints of the distribution specification. */
export const requestKinds = [
  'ping',
  'token',
  'manifest-head',
  'manifest-get',
  'manifest-put',
  'manifest-delete',
  'blob-head',
  'blob-get',
  'blob-delete',
  'mount',
  'upload-post',
  'upload-patch',
  'upload-put',
  'upload-get',
  'upload-delete',
  'tags',
  'catalog',
  'referrers',
  'other',
] as const;

export type RequestKind = (typeof requestKinds)[number];

/** A request, understood: its kind, the repository, what it names in it, and a name that is the same in every run. */
export interface RegistryRequest {
  readonly kind: RequestKind;
  readonly method: string;
  readonly url: URL;
  readonly repository: string | undefined;
  /** Method and path; of an upload the digest that it ends with instead of the session, which the server makes up. */
  readonly name: string;
}

const shape = /^\/v2\/(?<repository>.+)\/(?<what>manifests|blobs\/uploads|blobs|tags|referrers)\/(?<rest>.*)$/;

/** Reads a request line. `path` may have a query. */
export function registryRequest(method: string, path: string, tokenPath?: string): RegistryRequest {
  const url = new URL(path, 'http://registry');
  const match = shape.exec(url.pathname)?.groups;
  const repository = match?.repository;
  const what = match?.what;
  const digest = url.searchParams.get('digest') ?? url.searchParams.get('mount') ?? '';
  const name = `${method} ${what === 'blobs/uploads' ? `/v2/${repository}/blobs/uploads/ ${digest}` : url.pathname}`;
  return { kind: kindOf(method, url, what, tokenPath), method, url, repository, name };
}

function kindOf(method: string, url: URL, what: string | undefined, tokenPath: string | undefined): RequestKind {
  if (url.pathname === tokenPath) return 'token';
  if (url.pathname === '/v2/' || url.pathname === '/v2') return 'ping';
  if (url.pathname === '/v2/_catalog') return 'catalog';
  if (what === 'tags' || what === 'referrers') return what;
  const verb = method.toLowerCase();
  if (what === 'blobs/uploads') {
    if (verb === 'post') return url.searchParams.has('mount') ? 'mount' : 'upload-post';
    return known(`upload-${verb}`);
  }
  if (what === 'manifests') return known(`manifest-${verb}`);
  if (what === 'blobs') return known(`blob-${verb}`);
  return 'other';
}

function known(text: string): RequestKind {
  return requestKinds.find((kind) => kind === text) ?? 'other';
}
