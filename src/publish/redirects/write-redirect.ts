import type { Redirect } from './redirect.js';

/** Writes a redirect file, with the keys that Pulp writes, in their order. */
export function redirectText(redirect: Redirect): string {
  const { version, repository, name, url, isProtected } = redirect;
  const base = {
    type: 'pulp-docker-redirect',
    version,
    repository,
    'repo-registry-id': name,
    url,
    protected: isProtected,
  };
  return `${JSON.stringify({ ...base, ...contentOf(redirect) })}\n`;
}

function contentOf(redirect: Redirect): object {
  switch (redirect.version) {
    case 1:
      return { images: redirect.images.map((id) => ({ id })), tags: redirect.tags };
    case 2:
      return {};
    case 3:
      return { schema2_data: redirect.schema2 };
    case 4:
      return {
        schema2_data: redirect.schema2,
        manifest_list_data: redirect.lists,
        manifest_list_amd64_tags: redirect.amd64Tags,
      };
  }
}
