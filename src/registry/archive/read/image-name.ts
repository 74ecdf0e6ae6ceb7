import { isTag } from '../../names.js';
import { parseReference, type Reference } from '../../reference.js';
import { RegistryError } from '../../registry-error.js';

/** Reads repository and tag of an image's name in an archive: `1.0`, `web:1.0`, `registry.example.com/team/web:1.0`. */
export function readArchiveName(name: string | undefined): { repository: string | undefined; tag: string | undefined } {
  if (name === undefined) return { repository: undefined, tag: undefined };
  if (isTag(name)) return { repository: undefined, tag: name };
  const reference = referenceIn(name);
  return { repository: reference?.repository, tag: reference?.tag };
}

function referenceIn(name: string): Reference | undefined {
  try {
    return parseReference(name);
  } catch (error) {
    if (error instanceof RegistryError) return undefined; // A layout's ref names may be any text (image-spec, annotations.md).
    throw error;
  }
}
