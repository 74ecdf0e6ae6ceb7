import { z } from 'zod';

/** Site and inventory of the service, and where a job's process finds the passwords for them. */
export const siteOptions = z.strictObject({
  site: z.string(),
  inventory: z.array(z.string()),
  vaultPasswordFiles: z.array(z.string()),
  becomePasswordFile: z.string().optional(),
  acceptNew: z.boolean(),
});
export type JobSiteOptions = z.output<typeof siteOptions>;

/** Options of a run, as `provision SITE` has them. */
export const runOptions = z.strictObject({
  limit: z.string().optional(),
  tags: z.array(z.string()).default([]),
  skipTags: z.array(z.string()).default([]),
  variables: z.record(z.string(), z.unknown()).default({}),
  check: z.boolean().default(false),
  force: z.boolean().default(false),
  update: z.boolean().default(false),
  prune: z.boolean().default(false),
  sync: z.boolean().optional(),
  forks: z.int().min(1).max(1000).optional(),
});
export type JobRunOptions = z.output<typeof runOptions>;

/** Change of a registry in `registries.yaml`. */
export const registryChange = z.strictObject({
  operation: z.enum(['create', 'change', 'delete']),
  host: z.string(),
  name: z.string().optional().describe('Undefined: by the port'),
  /** Entry as it shall be; undefined: it is deleted. Port 0: one that is free on the host. */
  registry: z.record(z.string(), z.unknown()).optional(),
});
export type RegistryChange = z.output<typeof registryChange>;

/** Work on what a vendor publishes. */
export const publicationWork = z.strictObject({
  vendor: z.string(),
  app: z.string(),
  verb: z.enum(['publish', 'upload', 'withdraw']),
  /** Tags that are withdrawn; undefined: all. */
  tags: z.array(z.string()).optional(),
  /** Seconds for which redirects that were given still lead to what is withdrawn. */
  wait: z.number(),
  isDryRun: z.boolean(),
});
export type PublicationWork = z.output<typeof publicationWork>;

const common = { site: siteOptions, run: runOptions };

/** Work of a job's process. */
export const childRequest = z.discriminatedUnion('work', [
  /** Reads and checks the site, and tells what is in it. No host is contacted. */
  z.strictObject({
    work: z.literal('look'),
    ...common,
    change: registryChange.optional(),
    secrets: z.record(z.string(), z.string()).default({}),
  }),
  /** Tells what the roles of the site take. */
  z.strictObject({ work: z.literal('roles'), ...common }),
  /** Asks hosts what they were at when a job was lost. */
  z.strictObject({
    work: z.literal('journals'),
    ...common,
    secrets: z.record(z.string(), z.string()).default({}),
  }),
  z.strictObject({
    work: z.literal('run'),
    ...common,
    folder: z.string(),
    /** Variables whose values are secrets. */
    secrets: z.record(z.string(), z.string()).default({}),
    /** Digest of the plan that is carried out: only that. */
    plan: z.string().optional(),
  }),
  z.strictObject({ work: z.literal('registry'), ...common, folder: z.string(), change: registryChange }),
  /** Collects the garbage of a registry on its host. */
  z.strictObject({
    work: z.literal('collect'),
    ...common,
    folder: z.string(),
    host: z.string(),
    registry: z.string(),
  }),
  z.strictObject({
    work: z.literal('publication'),
    folder: z.string(),
    /** File of vendors. */
    vendors: z.string(),
    publication: publicationWork,
  }),
  /** Compares the source of an application with what is published of it. */
  z.strictObject({ work: z.literal('compare'), vendors: z.string(), vendor: z.string(), app: z.string() }),
]);
export type ChildRequest = z.output<typeof childRequest>;

/** Site as a `look` found it. */
export const siteLook = z.object({
  plays: z.array(
    z.object({
      name: z.string(),
      hosts: z.array(z.string()),
      roles: z.array(z.string()),
      tags: z.array(z.string()),
    }),
  ),
  hosts: z.array(z.object({ name: z.string(), groups: z.array(z.string()) })).describe('All hosts of the inventory'),
  warnings: z.array(z.string()),
});
export type SiteLook = z.output<typeof siteLook>;

/** Inputs of a role. */
export const roleInputsSchema = z
  .object({
    name: z.string(),
    summary: z.string(),
    variables: z
      .record(z.string(), z.unknown())
      .describe('JSON Schema of its variables: types, defaults, descriptions'),
    secrets: z.array(z.string()).describe('Variables that are secrets, or have some in them: `secrets` of a job'),
  })
  .meta({ id: 'RoleInputs' });

/** Error in the input, as a `look` found it. */
export const lookError = z.object({
  code: z.string(),
  message: z.string(),
  hint: z.string().optional(),
  place: z.object({ file: z.string(), line: z.number(), column: z.number() }).optional(),
  pointer: z.string().optional().describe('Field of the request that it is about'),
});

const sized = z.object({
  objects: z.number(),
  bytes: z.number(),
  keys: z.array(z.string()).describe('The first of them'),
});

/** Comparison of an application's source with what is published of it. */
export const publicationComparison = z.object({
  state: z.enum(['published', 'differs', 'unpublished']),
  sourceProblem: z.string().nullable().describe('Why the source was not compared; null: it was'),
  published: sized.describe('Objects of the source that the store has'),
  missing: sized.describe('Objects of the source that the store has not'),
  different: sized.describe('Objects that the store has in another size'),
  besides: sized.describe('Objects of the store that the source has not: of earlier publications'),
  unnamed: sized.describe('Objects of the store that the redirect file does not name'),
  left: sized.describe('Objects that a withdrawal left which did not end'),
  dangling: z.array(z.string()).describe('Keys that the redirect file names, and the store has not'),
  hasRedirectFile: z.boolean().describe('False: the layout needs one, and there is none'),
  front: z
    .object({ url: z.string(), problem: z.string().nullable().describe('Null: it answers') })
    .nullable()
    .describe('What answers clients from the redirect files; null: none is named'),
});
export type PublicationComparison = z.output<typeof publicationComparison>;

export const lookAnswer = z.union([
  z.strictObject({ look: siteLook }),
  z.strictObject({ errors: z.array(lookError) }),
  z.strictObject({ roles: z.array(roleInputsSchema) }),
  z.strictObject({ comparison: publicationComparison }),
  z.strictObject({ journals: z.record(z.string(), z.array(z.string())) }),
]);
export type LookAnswer = z.output<typeof lookAnswer>;

/** Last line of a job's events. */
export const jobEnd = z.object({
  event: z.literal('job-end').describe('the last event of a job'),
  time: z.string(),
  result: z.enum(['ok', 'changed', 'differs', 'failed', 'unreachable', 'partly', 'cancelled']),
  problem: z.string().optional().describe('why it failed, where no host says so'),
  refused: z.literal('changed').optional().describe('a plan was not carried out, as the hosts have changed since'),
  /** Digest of what a check found, by which just that can be carried out. */
  plan: z.string().optional(),
  hosts: z.record(z.string(), z.unknown()).optional(),
  registry: z.string().optional().describe('name of the registry that was changed'),
});
export type JobEnd = z.output<typeof jobEnd>;
