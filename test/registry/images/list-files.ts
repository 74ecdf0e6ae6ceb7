import { stringify } from 'yaml';
import { type ImageSet, tagsOf } from '../proxy/image-set.js';

/** A set as our list. */
export function ourList(set: ImageSet): string {
  return stringify(tagsOf(set));
}

/** A set as the YAML of `skopeo sync --src yaml`, from a registry without TLS. */
export function skopeoList(set: ImageSet, host: string): string {
  const images = Object.fromEntries([...set.repositories].map(([name, { tags }]) => [name, [...tags.keys()]]));
  return stringify({ [host]: { images, 'tls-verify': false } });
}
