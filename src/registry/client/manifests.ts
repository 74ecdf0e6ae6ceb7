import { algorithmOf, type Digest, digestOf, isDigest } from '../digest.js';
import { type Descriptor, type RawManifest, rawManifest, readManifest } from '../manifest.js';
import { acceptManifests, isIndexType } from '../media-types.js';
import { RegistryError } from '../registry-error.js';
import type { Found } from '../source.js';
import type { Line } from './line.js';
import type { Registry } from './registry.js';
import { erase, pull, push } from './scopes.js';

type ManifestPart = Pick<
  Registry,
  'head' | 'manifest' | 'putManifest' | 'deleteManifest' | 'deleteTag' | 'referrers' | 'referrersByApi'
>;

/** Manifests are small; the specification asks registries to take 4 MiB. */
const mostManifest = 16 << 20;

/** The part of a registry's client that is about manifests: read, written, removed, and what points at them. */
export function manifestsOver({ host, exchange, capabilities, signal, bytes }: Line): ManifestPart {
  const named = (repository: string, reference: string) =>
    `${host}/${repository}${isDigest(reference) ? '@' : ':'}${reference}`;

  async function manifest(repository: string, reference: string): Promise<RawManifest | undefined> {
    const attempt = `read the manifest of ${named(repository, reference)}`;
    for (let failures = 0; ; failures += 1) {
      const ask = {
        method: 'GET',
        target: `/v2/${repository}/manifests/${reference}`,
        headers: { accept: acceptManifests },
        scopes: pull(repository),
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

  async function head(repository: string, reference: string): Promise<Found | undefined> {
    const answer = await exchange.send({
      method: 'HEAD',
      target: `/v2/${repository}/manifests/${reference}`,
      headers: { accept: acceptManifests },
      scopes: pull(repository),
      expect: [200, 404],
      attempt: `look for ${named(repository, reference)}`,
      signal,
    });
    answer.body.resume();
    if (answer.status === 404) return undefined;
    const digest = headerDigest(answer.headers['docker-content-digest']);
    if (digest === undefined) {
      const raw = await manifest(repository, reference); // Some old servers don't tell: then its bytes do.
      return raw === undefined ? undefined : { digest: raw.digest, mediaType: raw.mediaType, size: raw.bytes.length };
    }
    const size = Number(answer.headers['content-length'] ?? -1);
    return { digest, mediaType: (answer.headers['content-type'] ?? '').split(';')[0] ?? '', size };
  }

  async function referrersByApi(repository: string, digest: Digest): Promise<Descriptor[] | undefined> {
    if (capabilities.referrers === false) return undefined;
    const attempt = `list the referrers of ${named(repository, digest)}`;
    const ask = {
      method: 'GET',
      target: `/v2/${repository}/referrers/${digest}`,
      headers: { accept: acceptManifests },
      scopes: pull(repository),
      expect: [200, 400, 404, 405],
      attempt,
      signal,
    } as const;
    const { answer, bytes: text } = await exchange.read(ask, mostManifest);
    const type = answer.headers['content-type'] ?? '';
    if (answer.status !== 200 || !isIndexType(type.split(';')[0] ?? '')) {
      capabilities.referrers = false;
      return undefined;
    }
    capabilities.referrers = true;
    const index = readManifest(rawManifest(text, type), attempt);
    return index.kind === 'index' ? [...index.manifests] : [];
  }

  return {
    head,
    manifest,
    referrersByApi,
    async referrers(repository, digest) {
      const byApi = await referrersByApi(repository, digest);
      if (byApi !== undefined) return byApi;
      const raw = await manifest(repository, digest.replace(':', '-')); // distribution-spec, "Unavailable Referrers API"
      if (raw === undefined) return [];
      const index = readManifest(raw, named(repository, digest.replace(':', '-')));
      return index.kind === 'index' ? [...index.manifests] : [];
    },
    async putManifest(repository, reference, { bytes: content, mediaType }) {
      const attempt = `write the manifest of ${named(repository, reference)}`;
      for (let tries = 1; ; tries += 1) {
        const answer = await exchange.send({
          method: 'PUT',
          target: `/v2/${repository}/manifests/${reference}`,
          headers: { 'content-type': mediaType, 'content-length': String(content.length) },
          body: async () => content,
          scopes: push(repository),
          expect: [200, 201, 202],
          attempt,
          signal,
        });
        answer.body.resume();
        bytes.sent += content.length;
        // Of a tag the registry can't know what it should lead to: its answer says what it took.
        const stored = headerDigest(answer.headers['docker-content-digest']);
        if (stored === undefined || stored === digestOf(content, algorithmOf(stored))) {
          return { subject: answer.headers['oci-subject'] !== undefined };
        }
        if (tries >= 3) {
          throw new RegistryError('corrupt', `could not ${attempt}: other bytes arrived, with the digest ${stored}`);
        }
      }
    },
    async deleteManifest(repository, digest) {
      const answer = await exchange.send({
        method: 'DELETE',
        target: `/v2/${repository}/manifests/${digest}`,
        scopes: erase(repository),
        expect: [200, 202],
        attempt: `delete ${named(repository, digest)}`,
        signal,
      });
      answer.body.resume();
    },
    async deleteTag(repository, tag) {
      if (capabilities.tagDelete === false) return false;
      const attempt = `delete the tag ${named(repository, tag)}`;
      const answer = await exchange.send({
        method: 'DELETE',
        target: `/v2/${repository}/manifests/${tag}`,
        scopes: erase(repository),
        expect: [200, 202, 400, 404, 405],
        attempt,
        signal,
      });
      answer.body.resume();
      if (answer.status === 404)
        throw new RegistryError('not-found', `could not ${attempt}: it is not there`, { status: 404 });
      if (answer.status === 405) throw readOnly(attempt);
      capabilities.tagDelete = answer.status !== 400;
      return capabilities.tagDelete;
    },
  };
}

function readOnly(attempt: string): RegistryError {
  return new RegistryError('read-only', `could not ${attempt}: the registry does not delete`, {
    status: 405,
    hint: 'set storage.delete.enabled in its configuration (REGISTRY_STORAGE_DELETE_ENABLED=true), and see that it is not read-only',
  });
}

function headerDigest(value: string | string[] | undefined): Digest | undefined {
  return typeof value === 'string' && isDigest(value) ? value : undefined;
}
