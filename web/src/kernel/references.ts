/** Path of a repository's page. */
export function repositoryHref(registry: string, repository: string): string {
  return `/repositories/${encodeURIComponent(registry)}/${repository}`;
}

/** Path of an image's page, by its tag or its digest. */
export function imageHref(registry: string, repository: string, tagOrDigest: string): string {
  return `/images/${encodeURIComponent(registry)}/${repository}${tagOrDigest.includes(':') ? '@' : ':'}${tagOrDigest}`;
}

/** Returns a reference as clients take it: `127.0.0.1:5000/team/app:1.2`. */
export function referenceOf(address: string, repository: string, tagOrDigest: string): string {
  return `${address}/${repository}${tagOrDigest.includes(':') ? '@' : ':'}${tagOrDigest}`;
}

/** Reads the end of an image's path: `team/app:1.2`, `team/app@sha256:…`. Undefined: it is none. */
export function parseReference(
  text: string,
): { readonly repository: string; readonly tagOrDigest: string } | undefined {
  const parsed = /^([^@]+)@(\w+:[0-9a-f]+)$/.exec(text) ?? /^(.+):([^/:]+)$/.exec(text);
  const [, repository, tagOrDigest] = parsed ?? [];
  return repository === undefined || tagOrDigest === undefined ? undefined : { repository, tagOrDigest };
}
