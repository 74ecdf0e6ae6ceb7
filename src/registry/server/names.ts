const component = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const namePattern = new RegExp(`^${component}(?:/${component})*$`);
const tagPattern = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;
const uploadPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Whether a text is the name of a repository (distribution-spec, "Pulling manifests"). Paths are made of such names
 * only: none of their parts begins with a dot or an underscore.
 */
export function isName(text: string): boolean {
  return text.length <= 255 && namePattern.test(text);
}

/** Whether a text can be a tag. */
export function isTag(text: string): boolean {
  return tagPattern.test(text);
}

/** Whether a text can be the id of an upload: a UUID, as the server hands them out. */
export function isUploadId(text: string): boolean {
  return uploadPattern.test(text);
}
