import { z } from 'zod';
import { time } from './fields.js';
import { digestInPath, platformImage } from './images.js';

const digest = z.string();
const bytes = z.number().int();

/** Repository as answers name it where others are about it. */
const repositoryName = z.object({ registry: z.string(), repository: z.string() });

/** Kinds of what is about an image. */
export const referrerKinds = ['signature', 'sbom', 'provenance', 'attestation', 'other'] as const;
export type ReferrerKind = (typeof referrerKinds)[number];

export const referrerSchema = z
  .object({
    digest,
    kind: z.enum(referrerKinds).describe('As its types say: `attestation` may hold an SBOM or a provenance'),
    artifactType: z.string(),
    bytes,
    via: z
      .enum(['subject', 'tag', 'index'])
      .describe('How it was found: it names the image; by its tag (`sha256-….sig`); an index has both (BuildKit)'),
    about: digest.describe('Image that it is about: this one, or one of its platforms'),
    annotations: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'Referrer' });

const imagePlatform = platformImage.extend({
  mediaType: z.string(),
  createdAt: time.nullable(),
  attestations: z.array(digest).describe('Manifests of the index that are about it'),
});

const imageConfig = z
  .object({
    env: z.array(z.string()),
    entrypoint: z.array(z.string()),
    cmd: z.array(z.string()),
    user: z.string(),
    workdir: z.string(),
    ports: z.array(z.string()).describe('`8080/tcp`'),
    volumes: z.array(z.string()),
    labels: z.record(z.string(), z.string()),
    stopSignal: z.string(),
    healthcheck: z.array(z.string()),
    author: z.string(),
    created: time.nullable(),
    os: z.string(),
    architecture: z.string(),
    variant: z.string(),
    truncated: z.boolean().describe('It has more than is kept'),
  })
  .meta({ id: 'ImageConfig' });

const imageLayer = z.object({
  digest,
  mediaType: z.string(),
  bytes,
  createdBy: z.string().describe('Line of the history that made it; empty: it is not known'),
  sharedBy: z.number().int().describe('Count of the other repositories that have it, of those the sender may see'),
  sharedWith: z.array(repositoryName).describe('Twenty of them at most'),
});

const historyEntry = z.object({
  createdBy: z.string(),
  createdAt: time.nullable(),
  comment: z.string(),
  layer: digest.nullable().describe('Null: it made none'),
  bytes: bytes.describe('Of its layer'),
});

const part = z.object({
  kind: z.enum(['config', 'layer', 'manifest']),
  digest,
  mediaType: z.string(),
  platform: z.string(),
  bytes,
});

export const imageSchema = z
  .object({
    digest,
    kind: z.enum(['image', 'index', 'artifact']).describe('`artifact`: no image to run: a signature, a chart'),
    mediaType: z.string(),
    artifactType: z.string(),
    platform: z.string(),
    bytes: bytes.describe('Of the content of all platforms, compressed, each once'),
    createdAt: time.nullable().describe('As the image says'),
    pushedAt: time,
    pushedBy: z.string(),
    subject: digest.nullable().describe('Image that it is about'),
    labels: z.record(z.string(), z.unknown()),
    annotations: z.record(z.string(), z.unknown()),
    tags: z.array(z.string()),
    parts: z.array(part),
    platforms: z.array(imagePlatform).describe('Images of an index, without attestations'),
    config: imageConfig.nullable().describe('Null: it has none, or it was not read yet'),
    layers: z.array(imageLayer).describe('Of an image, the lowest first'),
    history: z.array(historyEntry).describe('The oldest first'),
    partOf: z.array(digest).describe('Indexes of the repository that name it'),
    referrers: z.array(referrerSchema),
    signed: z.boolean().describe('It has a signature. Nobody has verified that'),
    alsoAt: z
      .array(repositoryName.extend({ tags: z.array(z.string()) }))
      .describe('Other repositories that have it, of those the sender may see; a hundred at most'),
  })
  .meta({ id: 'Image' });

export const referrerInPath = digestInPath.extend({ referrer: digestInPath.shape.digest });

const listedPackage = z.object({
  name: z.string(),
  version: z.string(),
  licenses: z.array(z.string()),
  purl: z.string().describe('Package URL; empty: it has none'),
});

const sbomContent = z.object({
  kind: z.literal('sbom'),
  format: z.enum(['spdx', 'cyclonedx']),
  formatVersion: z.string(),
  name: z.string(),
  createdAt: z.string().describe('As it says'),
  tools: z.array(z.string()),
  packages: z.array(listedPackage),
  count: z.number().int().describe('Packages that it lists'),
});

const signatureContent = z.object({
  kind: z.literal('signature'),
  format: z.enum(['cosign', 'sigstore-bundle', 'notation']),
  signedDigest: z.string().describe('Digest that its payload names; empty: none'),
  reference: z.string().describe('Reference that its payload names'),
  identity: z.string().describe('Identity in the certificate: an address, or the URL of a workflow'),
  issuer: z.string().describe('Who says so, by the certificate: `https://token.actions.githubusercontent.com`'),
  certificate: z
    .object({ subject: z.string(), issuer: z.string(), validFrom: z.string(), validTo: z.string() })
    .nullable()
    .describe('Null: it was made with a key'),
  isLogged: z.boolean().describe('It holds an entry of a transparency log'),
});

const provenanceContent = z.object({
  kind: z.literal('provenance'),
  predicateType: z.string(),
  builder: z.string(),
  buildType: z.string(),
  source: z.string().describe('Where the sources came from: a repository with its commit'),
  startedAt: z.string(),
  finishedAt: z.string(),
  materials: z.array(z.object({ uri: z.string(), digest: z.string() })),
  parameters: z.record(z.string(), z.unknown()),
});

const otherContent = z.object({
  kind: z.enum(['attestation', 'other']),
  mediaType: z.string(),
  predicateType: z.string(),
  text: z.string().describe('Its beginning, where it is a text'),
});

/** Content of what is about an image, one after another as its layers are. */
export const referrerContent = z
  .object({
    digest,
    artifactType: z.string(),
    verified: z.literal(false).describe('Always: it says what stands there, and nobody has verified that'),
    contents: z.array(z.union([sbomContent, signatureContent, provenanceContent, otherContent])),
    truncated: z.boolean().describe('There is more than is shown'),
  })
  .meta({ id: 'ReferrerContent' });
