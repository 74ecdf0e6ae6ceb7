import type { IncomingMessage } from 'node:http';
import { isRecord } from '../../model/is-record.js';
import { tryBoundedJson } from '../../registry/bounded-json.js';
import { algorithmOf, digestOf, isDigest } from '../../registry/digest.js';
import { rawManifest } from '../../registry/manifest.js';
import { isSchema1Type, mediaTypes } from '../../registry/media-types.js';
import { RegistryError } from '../../registry/registry-error.js';
import type { ServerAnswer } from '../../registry/server/answers/answer.js';
import { matchesEtag } from '../../registry/server/answers/byte-range.js';
import type { ChosenManifest } from '../redirects/choose-manifest.js';

/**
 * Makes the answer of a manifest, with the type and digest that clients require: containerd fails on a wrong digest,
 * skopeo on a vague type.
 * @param reference tag or digest that was asked for
 * @throws RegistryError `corrupt` where the bytes are not those of the digest
 */
export function manifestAnswer(
  bytes: Buffer,
  { path }: ChosenManifest,
  reference: string,
  { headers: asked }: IncomingMessage,
  cacheOfTags: Readonly<Record<string, string>>,
): ServerAnswer {
  const type = typeOf(bytes);
  const name = path.slice(path.lastIndexOf('/') + 1);
  const known = isDigest(name) ? name : undefined;
  // A signed manifest of schema 1 has the digest of its text without the signatures.
  const isSigned = isSchema1Type(type);
  const digest = isSigned ? known : digestOf(bytes, known === undefined ? 'sha256' : algorithmOf(known));
  if (known !== undefined && digest !== known)
    throw new RegistryError('corrupt', `${path}: its bytes have the digest ${digest}`);
  const headers = {
    'Content-Type': type,
    ...(isDigest(reference) ? { 'Cache-Control': 'public, max-age=31536000, immutable' } : cacheOfTags),
    Vary: 'Accept',
    ...(digest === undefined ? {} : { 'Docker-Content-Digest': digest, ETag: `"${digest}"` }),
  };
  if (digest !== undefined && matchesEtag(asked['if-none-match'], digest)) return { status: 304, headers };
  return { status: 200, headers, body: bytes };
}

/** Returns the type that the bytes say. Those of docker state it; without it they are OCI's, whatever folder they lie in. */
function typeOf(bytes: Buffer): string {
  const fields = tryBoundedJson(bytes.toString('utf8'));
  if (isRecord(fields) && fields.schemaVersion === 1)
    return 'signatures' in fields ? mediaTypes.dockerSchema1Signed : mediaTypes.dockerSchema1;
  return rawManifest(bytes).mediaType;
}
