import { isReferrersTag, referrersTag } from '../attached-tags.js';
import type { Registry } from '../client/registry.js';
import { type Digest, parseDigest } from '../digest.js';
import { type Descriptor, type RawManifest, rawManifest, readManifest } from '../manifest.js';
import { mediaTypes } from '../media-types.js';
import type { ManifestStep } from '../plan/sync-plan.js';

/*
 * Registries without the referrers API: an index under the tag `sha256-<hex>` of the subject lists what points at it, and
 * clients keep it (distribution-spec, "Pushing Manifests with Subject"). Two that write it at the same time may lose an
 * entry; within a run they take turns.
 */

/** Merges a copied fallback index into the one that the target has: that keeps its entries. */
export async function mergeFallbackIndex(
  step: ManifestStep,
  target: Registry,
  repository: string,
): Promise<RawManifest> {
  if (step.tag === undefined || !isReferrersTag(step.tag) || step.kind !== 'index') return step.raw;
  const there = await target.manifest(repository, step.tag);
  if (there === undefined || there.digest === step.raw.digest) return step.raw;
  return mergeIndex(there, entriesOf(step.raw, step.tag), step.tag);
}

/** Adds a manifest with a subject to the subject's fallback index, unless a copied index lists it. */
export async function addReferrer(
  step: ManifestStep,
  subject: Descriptor,
  steps: readonly ManifestStep[],
  target: Registry,
  repository: string,
): Promise<void> {
  const tag = referrersTag(subject.digest);
  if (steps.some((other) => other.tag === tag)) return;
  await inTurn(`${target.host}/${repository}:${tag}`, async () => {
    const there = await target.manifest(repository, tag);
    const entry: Descriptor = step.descriptor;
    const next = there === undefined ? indexOf([entry]) : mergeIndex(there, [entry], tag);
    if (next.digest !== there?.digest) await target.putManifest(repository, tag, next);
  });
}

function mergeIndex(there: RawManifest, entries: readonly Descriptor[], tag: string): RawManifest {
  const had = entriesOf(there, tag);
  const known = new Set<Digest>(had.map((entry) => entry.digest));
  const added = entries.filter((entry) => !known.has(parseDigest(entry.digest)));
  return added.length === 0 ? there : indexOf([...had, ...added]);
}

function entriesOf(raw: RawManifest, tag: string): readonly Descriptor[] {
  const manifest = readManifest(raw, tag);
  return manifest.kind === 'index' ? manifest.manifests : [];
}

function indexOf(manifests: readonly Descriptor[]): RawManifest {
  return rawManifest(Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests })));
}

const turns = new Map<string, Promise<void>>();

async function inTurn(name: string, work: () => Promise<void>): Promise<void> {
  const before = turns.get(name) ?? Promise.resolve();
  const mine = before.catch(() => undefined).then(work); // A failure before is its own image's.
  turns.set(name, mine);
  try {
    await mine;
  } finally {
    if (turns.get(name) === mine) turns.delete(name);
  }
}
