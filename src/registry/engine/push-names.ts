import { readReference } from '../reference.js';
import { RegistryError } from '../registry-error.js';
import type { EngineImage } from './engine.js';

/** Repository and tag at a target. */
export interface TargetName {
  readonly repository: string;
  readonly tag: string;
}

/**
 * Returns the name at a registry of what has a name in an engine, as `docker tag` and `docker push` would give it: the
 * path behind the registry, and of Docker Hub's images the name alone.
 * @throws RegistryError `input` for a text that is no name of an image
 */
export function nameAtTarget(text: string): TargetName {
  const read = readReference(text, '-');
  if ('reason' in read) throw new RegistryError('input', `${JSON.stringify(text)} is not an image: ${read.reason}`);
  const { registry, repository, tag = 'latest' } = read;
  return { repository: registry === 'docker.io' ? repository.replace(/^library\//, '') : repository, tag };
}

/**
 * Returns the name at a registry of an image that was asked for by a text: by that, or by the name that the engine has for
 * an id.
 * @throws RegistryError `input` for an id without a name
 */
export function nameOf(text: string, image: EngineImage | undefined): TargetName {
  const isId = image !== undefined && /^(?:sha256:)?[0-9a-f]{6,64}$/.test(text) && image.id.includes(text);
  if (!isId) return nameAtTarget(text);
  const [only, ...others] = image.names;
  if (only !== undefined && others.length === 0) return nameAtTarget(only);
  throw new RegistryError('input', `the image ${text} has ${image.names.length === 0 ? 'no name' : 'several names'}`, {
    hint: 'name it for the target: --as team/web:1.0, or push it by a name',
  });
}
