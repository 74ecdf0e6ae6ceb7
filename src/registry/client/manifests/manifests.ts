import { randomUUID } from 'node:crypto';
import { algorithmOf, type Digest, digestOf, isDigest } from '../../digest.js';
import { type RawManifest, rawManifest } from '../../manifest.js';
import { acceptManifests, bareMediaType } from '../../media-types.js';
import { RegistryError } from '../../registry-error.js';
import type { Found } from '../../source.js';
import type { ClientContext } from '../client-context.js';
import { anySuccess } from '../exchange.js';
import { manifestPath, requireMediaType } from '../paths.js';
import type { Registry } from '../registry.js';
import { deleteScope, pullScope, pushScope } from '../tokens/scopes.js';
import { answerError } from '../wire/answer-error.js';
import { discard } from '../wire/read-text.js';
import { doubtfulHeads, ManifestHeads } from './heads.js';
import { referrersClient } from './referrers.js';

type ManifestPart = Pick<
  Registry,
  'head' | 'manifest' | 'putManifest' | 'deleteManifest' | 'deleteTag' | 'referrers' | 'referrersByApi'
>;

/** Bytes of a manifest: the specification asks registries to take 4 MiB, and no engine reads more. */
const mostManifest = 4 << 20;

/** Makes the part of a registry's client that reads, writes and deletes manifests, and finds their referrers. */
export function manifestClient(context: ClientContext): ManifestPart {
  const { host, exchange, capabilities, signal, notice, bytes } = context;
  const nameOf = (repository: string, reference: string) =>
    `${host}/${repository}${isDigest(reference) ? '@' : ':'}${reference}`;

  async function manifest(repository: string, reference: string): Promise<RawManifest | undefined> {
    const attempt = `read the manifest of ${nameOf(repository, reference)}`;
    for (let failures = 0; ; failures += 1) {
      const ask = {
        method: 'GET',
        target: manifestPath(repository, reference),
        headers: { accept: acceptManifests },
        scopes: pullScope(repository),
        expect: [200, 404],
        attempt,
        signal,
      } as const;
      const { answer, bytes: raw } = await exchange.read(ask, mostManifest);
      if (answer.status === 404) return undefined;
      bytes.received += raw.length;
      const found = rawManifest(raw, answer.headers['content-type']);
      const promised = isDigest(reference) ? reference : headerDigest(answer.headers['docker-content-digest']);
      if (promised === undefined || promised === found.digest) return found;
      const actual = digestOf(raw, promised.startsWith('sha512:') ? 'sha512' : 'sha256');
      if (actual === promised) return { ...found, digest: promised };
      if (failures >= 2) {
        throw new RegistryError(
          'corrupt',
          `could not ${attempt}: its bytes have the digest ${found.digest}, not ${promised}`,
        );
      }
    }
  }

  async function read(repository: string, reference: string): Promise<Found | undefined> {
    const raw = await manifest(repository, reference);
    return raw === undefined ? undefined : { digest: raw.digest, mediaType: raw.mediaType, size: raw.bytes.length };
  }

  const heads = new ManifestHeads({ host, capabilities, notice, read });

  async function head(repository: string, reference: string): Promise<Found | undefined> {
    if (capabilities.manifestHead === false) return read(repository, reference);
    const answer = await exchange.send({
      method: 'HEAD',
      target: manifestPath(repository, reference),
      headers: { accept: acceptManifests },
      scopes: pullScope(repository),
      expect: [200, 404, ...doubtfulHeads],
      attempt: `look for ${nameOf(repository, reference)}`,
      signal,
    });
    discard(answer.body);
    if (answer.status !== 200) return heads.check(repository, reference, answer);
    capabilities.manifestHead = true;
    const digest = headerDigest(answer.headers['docker-content-digest']);
    if (digest === undefined) return read(repository, reference); // Some old servers don't tell: then its bytes do.
    const size = Number(answer.headers['content-length'] ?? -1);
    const mediaType = bareMediaType(answer.headers['content-type'] ?? '') ?? '';
    return { digest, mediaType, size: Number.isSafeInteger(size) ? size : -1 };
  }

  /** Finds out, by a digest that nothing has, whether a registry that deletes no tags deletes by digest. */
  async function requireDeletes(repository: string, attempt: string): Promise<void> {
    const answer = await exchange.send({
      method: 'DELETE',
      target: manifestPath(repository, digestOf(Buffer.from(randomUUID()))),
      scopes: deleteScope(repository),
      expect: [...anySuccess, 400, 404, 405, 501],
      attempt,
      signal,
    });
    discard(answer.body);
    if (answer.status !== 405 && answer.status !== 501) return;
    const { kind, hint } = answerError(attempt, 'DELETE', 405, '');
    throw new RegistryError(kind, `could not ${attempt}: the registry does not delete`, {
      status: answer.status,
      hint,
    });
  }

  return {
    head,
    manifest,
    ...referrersClient(context, manifest),
    async putManifest(repository, reference, { bytes: content, mediaType }) {
      const attempt = `write the manifest of ${nameOf(repository, reference)}`;
      for (let tries = 1; ; tries += 1) {
        const answer = await exchange.send({
          method: 'PUT',
          target: manifestPath(repository, reference),
          headers: { 'content-type': requireMediaType(mediaType), 'content-length': String(content.length) },
          body: async () => content,
          scopes: pushScope(repository),
          expect: anySuccess,
          attempt,
          signal,
        });
        discard(answer.body);
        bytes.sent += content.length;
        // Of a tag the registry can't know what it should lead to: its answer says what it took.
        const stored = headerDigest(answer.headers['docker-content-digest']);
        if (stored === undefined || stored === digestOf(content, algorithmOf(stored))) {
          heads.recordWritten(repository, reference);
          return { subject: answer.headers['oci-subject'] !== undefined };
        }
        if (tries >= 3) {
          throw new RegistryError('corrupt', `could not ${attempt}: other bytes arrived, with the digest ${stored}`);
        }
      }
    },
    async deleteManifest(repository, digest) {
      heads.recordDeleted();
      const answer = await exchange.send({
        method: 'DELETE',
        target: manifestPath(repository, digest),
        scopes: deleteScope(repository),
        expect: anySuccess,
        attempt: `delete ${nameOf(repository, digest)}`,
        signal,
      });
      discard(answer.body);
    },
    async deleteTag(repository, tag) {
      if (capabilities.tagDelete === false) return false;
      heads.recordDeleted();
      const attempt = `delete the tag ${nameOf(repository, tag)}`;
      const ask = {
        method: 'DELETE',
        target: manifestPath(repository, tag),
        scopes: deleteScope(repository),
        expect: [...anySuccess, 400, 404, 405, 415, 501],
        attempt,
        signal,
      } as const;
      const answer = await exchange.send(ask).catch((error: unknown) => {
        if (error instanceof RegistryError && error.codes.includes('UNSUPPORTED')) return undefined; // With any status.
        throw error;
      });
      if (answer === undefined) {
        await requireDeletes(repository, attempt);
        capabilities.tagDelete = false;
        return false;
      }
      discard(answer.body);
      if (answer.status === 404 && (await read(repository, tag)) === undefined)
        throw new RegistryError('not-found', `could not ${attempt}: it is not there`, { status: 404 });
      if (answer.status === 405 || answer.status === 501) await requireDeletes(repository, attempt);
      capabilities.tagDelete = answer.status < 300;
      return capabilities.tagDelete;
    },
  };
}

function headerDigest(value: string | string[] | undefined): Digest | undefined {
  return typeof value === 'string' && isDigest(value) ? value : undefined;
}
