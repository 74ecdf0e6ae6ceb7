import type { Readable } from 'node:stream';
import { isRecord } from '../../../model/is-record.js';
import { tryBoundedJson } from '../../../registry/bounded-json.js';
import type { OpenedRegistry } from '../../../registry/client/open.js';
import { readBytes } from '../../../registry/client/wire/read-text.js';
import { isDigest } from '../../../registry/digest.js';
import { mediaTypes } from '../../../registry/media-types.js';
import { RegistryError } from '../../../registry/registry-error.js';
import { problemOfRegistry } from '../../images/at-registry.js';
import { openTrusting } from '../../images/open-trusting.js';
import { notFound, Problem } from '../../problem.js';
import type { ManifestPartRow, RepositoryRow } from '../../store/tables.js';
import type { V1Context } from '../v1-context.js';

type Place = Pick<RepositoryRow, 'registry' | 'name'>;

/** Bytes of a configuration: more is no image's. */
const mostConfig = 8 << 20;

/** Opens the registry of a repository, in the name of an account. @throws Problem where it is not there any more */
export function openPlace(
  { parts, ownTokens, signal }: V1Context,
  { registry: name, name: repository }: Place,
  subject: string,
  actions: readonly string[],
): OpenedRegistry {
  const found = parts.registries.find(name);
  if (found === undefined) throw notFound(`registry ${name}`);
  const access = () => ({ type: 'repository', name: repository, actions });
  return openTrusting(found, { ownTokens, subject, access, signal });
}

/** Reads the configuration of an image; undefined where it has none of an image. @throws Problem */
export async function readImageConfig(
  context: V1Context,
  place: Place,
  config: ManifestPartRow | undefined,
  subject: string,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  if (config?.media_type !== mediaTypes.dockerConfig && config?.media_type !== mediaTypes.ociConfig) return undefined;
  const { digest, size } = config;
  if (!isDigest(digest) || size > mostConfig) return undefined;
  const registry = openPlace(context, place, subject, ['pull']);
  try {
    const value = tryBoundedJson(
      (await readBytes(await registry.blob(place.name, { digest, size }), mostConfig)).toString(),
    );
    return isRecord(value) ? value : undefined;
  } catch (error) {
    throw problemOf(error);
  } finally {
    await registry.close();
  }
}

/**
 * Begins to read a layer. Clients are not sent to its registry: docker-registry takes no token in an address, and clients show
 * their account to no host but the one that they asked.
 * @param part first and last byte; undefined: all of it, checked against its digest
 * @throws Problem
 */
export async function openLayer(
  context: V1Context,
  place: Place,
  { digest, size }: ManifestPartRow,
  subject: string,
  part: readonly [number, number] | undefined,
): Promise<Readable> {
  if (!isDigest(digest)) throw notFound(`layer ${digest}`);
  const registry = openPlace(context, place, subject, ['pull']);
  try {
    const body =
      part === undefined
        ? await registry.blob(place.name, { digest, size })
        : await registry.blobPart(place.name, digest, part[0], part[1]);
    body.once('close', () => void registry.close());
    return body;
  } catch (error) {
    await registry.close();
    throw problemOf(error);
  }
}

function problemOf(error: unknown): unknown {
  if (!(error instanceof RegistryError)) return error;
  if (error.kind === 'not-found') return new Problem('not-found', 'Image not found');
  return problemOfRegistry(error);
}
