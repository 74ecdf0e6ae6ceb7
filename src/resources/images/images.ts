import { z } from 'zod';
import { defineResource } from '../../model/define-resource.js';
import type { Plan, Reply, Resource } from '../../model/resource.js';
import { secret } from '../../model/secret.js';
import type { ImageResult } from '../../registry/copy/sync-report.js';
import { parseDigest as digestFrom } from '../../registry/digest.js';
import { imagePattern } from '../../registry/lists/entry-schema.js';
import { imageEntry } from '../../registry/lists/image-entry.js';
import type { WantedImages } from '../../registry/lists/image-list.js';
import { sh } from '../../sh.js';
import { askHeads, sameOnBothSides, tagPairs } from './ask-heads.js';
import { insecureRegistries } from './insecure-registries.js';
import type { ImagesLook } from './look.js';

const registry = z.string().regex(/^(?:https?:\/\/)?(?:[A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\])(?::\d+)?$/, {
  error: 'must be host or host:port, with http:// before it where it speaks plain http, and without a path',
});

const params = z.strictObject({
  from: z
    .union([registry, z.string().regex(/^\//, { error: 'must be a registry, or the absolute path of an archive' })])
    .describe(
      'Registry that images come from, as the host (or with `via: direct` the controller) reaches it; or the path of an archive or a folder of images on the controller',
    ),
  to: registry.describe('Registry that they go to, as the host reaches it'),
  list: z
    .array(z.union([z.custom<WantedImages>(isWanted), imageEntry]))
    .default([])
    .describe('Images: `name:tag`, or maps; of an archive all unless given'),
  via: z
    .enum(['auto', 'direct', 'target'])
    .default('auto')
    .describe('Who moves the bytes: the controller (direct), the host with curl (target), or whichever does better'),
  attachments: z.enum(['all', 'none']).default('all').describe('Signatures, attestations and SBOMs of images'),
  verify: z
    .enum(['none', 'copied', 'present', 'deep'])
    .default('copied')
    .describe('What is verified after a copy: that what was copied is there, that all of the list is, or its bytes'),
  credentials: z
    .record(z.string(), z.strictObject({ username: z.string(), password: secret(z.string()) }))
    .default({})
    .describe('Accounts, by `host:port` or `host:port/namespace`; else those of docker and podman on the controller'),
  chunk_size: z.int().min(1).optional().describe('MiB that an upload sends in one request at most'),
  prune: z
    .strictObject({
      protect: z
        .array(imagePattern)
        .default([])
        .describe('Tags that stay: globs, or anchored expressions of RE2 between slashes'),
      share: z.number().min(0).max(100).default(50).describe("Percent of a repository's tags that may go at most"),
    })
    .optional()
    .describe('Take away tags of the listed repositories that are not in the list'),
  journal: z.string().optional().describe('File of the controller that keeps what an unfinished run had brought'),
});

type Params = z.output<typeof params>;

function isWanted(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'tags' in value && 'targetRegistry' in value;
}

/** What the host says of itself: what it has to move images with, and whom it trusts. */
export interface ImagesProbe {
  /** curl's version: `7.88.1`; nothing where there is none. */
  readonly curl: string | undefined;
  /** Insecure registries of docker, or of podman where there is no docker. */
  readonly insecure: readonly string[];
  /** Authorities below /etc/docker/certs.d and /etc/containers/certs.d, by registry. */
  readonly authorities: ReadonlyMap<string, string>;
  /** The first file of each. */
  readonly authorityFiles: ReadonlyMap<string, string>;
}

/** The probe, and once the controller has looked, what is to be done. */
export interface ImagesState extends ImagesProbe {
  readonly look: ImagesLook | undefined;
}

/**
 * Images that a registry has as another has them: what lacks is copied by the controller or by the host itself.
 *
 * @example images({ from: 'registry.example.com', to: 'localhost:5000', list: ['team/web:1.4', { name: 'team/db', semver: '>=2' }] })
 */
export const images = defineResource({
  kind: 'images',
  summary: 'Images that a registry has as another one has them',
  params,
  create: (params): Resource<ImagesState> => {
    const pairs = comparedByHost(params) ? tagPairs(params.list) : undefined;
    return {
      kind: 'images',
      id: `${params.from} -> ${params.to}`,
      provides: [],
      needs: [
        ...(['service:docker', 'service:docker-registry', 'package:curl'] as const),
        'path:/etc/containers/registries.conf.d/90-provision.conf',
        ...portOf(params.to),
      ],
      staging: 'skip',
      probeDeadline: 600,
      probe: () => sh`${pairs === undefined ? sh`:` : askHeads(params.from, params.to, pairs)}
curl --version 2>/dev/null | sed -n '1s/^curl \([0-9.]*\).*/curl \1/p'
[ -n "$insecure" ] || {
${insecureRegistries}
}
for registry in $insecure; do echo "insecure $registry"; done
for registry in ${bare(params.from)} ${bare(params.to)}; do
  for folder in /etc/docker/certs.d /etc/containers/certs.d; do
    [ -f "$folder/$registry/ca.crt" ] && { echo "authority $registry $folder/$registry/ca.crt"; cat "$folder/$registry/ca.crt"; echo end; }
  done
done
:`,
      parse: (reply) => {
        const same = pairs === undefined ? undefined : sameOnBothSides(reply.stdout, pairs);
        return { ...readProbe(reply), look: same === undefined ? undefined : unchanged(same) };
      },
      look: async (state, session) => {
        if (state.look !== undefined) return state;
        const { lookAtImages } = await import('./look.js');
        return { ...state, look: await lookAtImages(params, state, session) };
      },
      plan: (state) => plan(state, params),
      result: ({ look }) => ({
        via: look?.route?.via,
        images: (look?.results ?? []).map(({ name, state, digest }) => ({ name, state, digest })),
      }),
    };
  },
});

/** Whether two HEADs for each tag tell all: not where the controller is to reach the source, or more than tags counts. */
function comparedByHost({ from, via, credentials, prune, verify }: Params): boolean {
  const more = prune !== undefined || verify === 'present' || verify === 'deep';
  return !isArchive(from) && via !== 'direct' && !more && Object.keys(credentials).length === 0;
}

export type ImagesParams = Params;

/** Whether images come from a file or folder of the controller. */
export function isArchive(from: string): boolean {
  return from.startsWith('/');
}

/** A registry without what stands before its name. */
export function bare(registry: string): string {
  return registry.replace(/^https?:\/\//, '');
}

function portOf(registry: string): `port:${string}`[] {
  const port = /:(\d+)$/.exec(registry)?.[1];
  return port === undefined ? [] : [`port:${port}`];
}

function readProbe({ stdout }: Reply): ImagesProbe {
  const authorities = new Map<string, string>();
  const authorityFiles = new Map<string, string>();
  for (const [, registry = '', path = '', pem = ''] of stdout.matchAll(
    /^authority (\S+) (\S+)\n((?:(?!authority |end$).*\n)*)end$/gm,
  )) {
    if (!authorityFiles.has(registry)) authorityFiles.set(registry, path);
    authorities.set(registry, `${authorities.get(registry) ?? ''}${pem}`);
  }
  return {
    curl: /^curl ([0-9.]+)$/m.exec(stdout)?.[1],
    insecure: [...stdout.matchAll(/^insecure (\S+)$/gm)].map(([, name = '']) => name),
    authorities,
    authorityFiles,
  };
}

/** What there is to say when the host saw for itself that nothing differs. */
function unchanged(digests: ReadonlyMap<string, string>): ImagesLook {
  const results = [...digests].map(
    ([name, digest]): ImageResult => ({
      name,
      state: 'unchanged',
      digest: digestFrom(digest),
      bytes: 0,
      mounted: 0,
      requests: 2,
    }),
  );
  const nothing = {
    images: [],
    blobs: [],
    prunes: [],
    notices: [],
    totals: { uploads: 0, mounts: 0, manifests: 0, bytes: 0 },
  };
  return { route: { via: 'target', sourceThroughHost: true, why: 'compared by the host' }, plan: nothing, results };
}

function plan({ look, ...probe }: ImagesState, params: Params): Plan<ImagesState> {
  if (look === undefined) return { verdict: 'refused', message: 'the registries were not asked' };
  if ('problem' in look) {
    return { verdict: 'refused', message: look.problem, ...(look.hint === undefined ? {} : { hint: look.hint }) };
  }
  const { results, plan: copies, route } = look;
  const failed = results.filter(({ state }) => state === 'failed');
  const wanting = results.filter(({ state }) => state === 'planned');
  const details = [
    route.why,
    ...copies.notices,
    ...results.map(({ name, state, digest = '' }) => `${name} ${state} ${digest}`.trimEnd()),
  ];
  if (wanting.length === 0 && failed.length > 0) {
    const hint = failed.find(({ error }) => error?.hint !== undefined)?.error?.hint;
    return { verdict: 'refused', message: failures(failed, results.length), ...(hint === undefined ? {} : { hint }) };
  }
  if (wanting.length === 0)
    return {
      verdict: 'ok',
      note: `${count(results.length)}, all as at ${bare(params.from)}${noted(copies.notices)}`,
      details,
    };
  const { bytes, uploads, mounts, manifests } = copies.totals;
  return {
    verdict: 'change',
    summary: `${verbs(wanting)} of ${count(results.length)} via ${route.via}, ${megabytes(bytes)} in ${uploads} blobs, ${mounts} mounts, ${manifests} manifests: ${some(wanting)}${noted(copies.notices)}`,
    details,
    apply: {
      via: 'controller',
      repeatable: true, // What is there is found by its digest and not sent again.
      run: async (session) => {
        const { copyImages } = await import('./copy.js');
        const copied = await copyImages(params, probe, look, session);
        const lost = copied.filter(({ state }) => state === 'failed');
        return lost.length === 0 ? undefined : failures(lost, results.length);
      },
    },
    ...(failed.length === 0 ? {} : { uncertain: failures(failed, results.length) }),
  };
}

/** Words the first notice, which the user should know however little is shown; all of them are among the details. */
function noted([first, ...others]: readonly string[]): string {
  if (first === undefined) return '';
  return `; note: ${first}${others.length === 0 ? '' : ` (and ${others.length} more, with -v)`}`;
}

function failures(failed: readonly ImageResult[], of: number): string {
  const each = failed.map(({ name, error }) => `${name} (${error?.message ?? ''})`);
  return `${failed.length} of ${count(of)} failed: ${each.join('; ')}`;
}

/** `copied 3, pruned 1` */
function verbs(images: readonly ImageResult[]): string {
  const each = (['copied', 'updated', 'pruned'] as const).flatMap((verb) => {
    const number = images.filter(({ planned }) => planned === verb).length;
    return number === 0 ? [] : [`${verb} ${number}`];
  });
  return each.join(', ');
}

function some(images: readonly ImageResult[]): string {
  const most = 5;
  const names = images.map(({ name }) => name);
  return names.length <= most ? names.join(', ') : `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
}

function count(images: number): string {
  return `${images} image${images === 1 ? '' : 's'}`;
}

function megabytes(bytes: number): string {
  return bytes < 100_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
