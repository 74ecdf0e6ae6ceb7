const component = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const repositoryShape = new RegExp(`^${component}(?:/${component})*$`);
const tagShape = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const hostShape =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9A-Fa-f:]+\])(?::[0-9]{1,5})?$/;

/**
 * Returns true for the path of a repository (distribution-spec, "Pulling manifests"). None of its parts begins with a
 * dot or an underscore, so that paths of files can be made of it.
 */
export function isRepository(text: string): boolean {
  return text.length <= 255 && repositoryShape.test(text);
}

/** Returns true for a tag: letters, digits, `_`, `.` and `-`, at most 128. */
export function isTag(text: string): boolean {
  return tagShape.test(text);
}

/** Returns true for `host` or `host:port`: a name of at most 255 characters or an address, a port up to 65535. */
export function isRegistryHost(text: string): boolean {
  return text.length <= 261 && hostShape.test(text) && URL.canParse(`http://${text}`);
}
