import { createHash } from 'node:crypto';
import type { Database } from '../../src/service/store/database.js';
import { labelRows } from '../../src/service/store/label-rows.js';
import { versionKey } from '../../src/service/store/version-key.js';

/** Repository that is written into an index; images are named by words. */
export interface FilledRepository {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly untagged?: readonly string[];
  /** Default: now. */
  readonly pushedAt?: number;
}

/** Image that is written into an index. */
export interface FilledImage {
  readonly id: string;
  readonly platform?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly layers?: readonly string[];
  /** Images of an index. */
  readonly parts?: readonly string[];
}

/** Returns the digest that a word stands for. */
export function digests(word: string): string {
  return `sha256:${createHash('sha256').update(word).digest('hex')}`;
}

/** Makes the rows of an image. */
export function filledManifest({
  id,
  platform = '',
  labels = {},
  annotations = {},
  parts = [],
  layers = [],
}: FilledImage) {
  return {
    row: {
      digest: digests(id),
      media_type: `application/vnd.oci.image.${parts.length > 0 ? 'index' : 'manifest'}.v1+json`,
      artifact_type: '',
      platform,
      size: 500,
      total_size: 1000,
      whole_size: 1000,
      is_detailed: 1,
      config_digest: null,
      subject: null,
      created_at: null,
      labels: JSON.stringify(labels),
      annotations: JSON.stringify(annotations),
    },
    labels: labelRows(digests(id), annotations, labels),
    parts: [
      ...parts.map((part) => ['manifest', part] as const),
      ...layers.map((layer) => ['layer', layer] as const),
    ].map(([kind, part], position) => ({
      manifest: digests(id),
      position,
      digest: digests(part),
      kind,
      media_type: '',
      platform: '',
      size: 100,
      reference_type: '',
      reference_digest: '',
    })),
  };
}

const batch = 200;

/** Writes repositories and images into the index, as notifications and looks at registries would. */
export async function fillIndex(
  { db }: Database,
  registry: string,
  repositories: readonly FilledRepository[],
  images: readonly FilledImage[],
): Promise<void> {
  // In one transaction: a commit for each batch would take longer than all else.
  await db.transaction().execute(async (transaction) => await fill(transaction, registry, repositories, images));
}

async function fill(
  db: Database['db'],
  registry: string,
  repositories: readonly FilledRepository[],
  images: readonly FilledImage[],
): Promise<void> {
  const now = Date.now();
  const insert = async (table: 'repositories', rows: readonly object[]) => {
    for (let at = 0; at < rows.length; at += batch) {
      await db
        .insertInto(table)
        .values(rows.slice(at, at + batch) as never)
        .execute();
    }
  };
  const described = images.map(filledManifest);
  await insert(
    'repositories',
    repositories.map(({ name, pushedAt = now }) => ({
      id: name,
      registry,
      name,
      description: '',
      created_at: pushedAt,
      pushed_at: pushedAt,
      pulled_at: null,
      pull_count: 0,
    })),
  );
  await insert(
    'manifests' as never,
    described.map(({ row }) => row),
  );
  await insert(
    'manifest_parts' as never,
    described.flatMap(({ parts }) => parts),
  );
  await insert(
    'manifest_labels' as never,
    described.flatMap(({ labels }) => labels),
  );
  const partsOf = new Map(images.map(({ id, parts = [] }) => [id, parts]));
  for (const [table, rows] of [
    [
      'repository_manifests',
      repositories.flatMap(({ name, tags, untagged = [], pushedAt = now }) =>
        [...new Set([...Object.values(tags), ...untagged].flatMap((id) => [id, ...(partsOf.get(id) ?? [])]))].map(
          (id) => ({
            repository_id: name,
            digest: digests(id),
            pushed_at: pushedAt,
            pushed_by: 'bob',
          }),
        ),
      ),
    ],
    [
      'tags',
      repositories.flatMap(({ name, tags, pushedAt = now }) =>
        Object.entries(tags).map(([tag, id]) => ({
          repository_id: name,
          name: tag,
          digest: digests(id),
          pushed_at: pushedAt,
          pushed_by: 'bob',
          pulled_at: null,
          version_key: versionKey(tag),
          bytes: 1000,
        })),
      ),
    ],
  ] as const) {
    await insert(table as never, rows);
  }
}
