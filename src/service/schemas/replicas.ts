import { z } from 'zod';
import { time } from './fields.js';

const state = z
  .enum(['agree', 'differ', 'unknown'])
  .describe('`unknown`: it was not looked at yet, or the writer does not answer');

/** Tag that a replica has not as the writer has it. */
export const replicaTag = z
  .object({
    repository: z.string(),
    tag: z.string(),
    problem: z
      .enum(['missing', 'other', 'extra'])
      .describe('`other`: it leads to another image; `extra`: the writer has it no more'),
    wanted: z.string().nullable().describe('Digest at the writer'),
    found: z.string().nullable().describe('Digest at the replica'),
  })
  .meta({ id: 'ReplicaTag' });

/** Host of a registry that has several. */
export const replicaMember = z
  .object({
    host: z.string(),
    role: z.enum(['writer', 'replica']),
    reachable: z.boolean().nullable().describe('Null: it was not looked at yet'),
    error: z.string().describe('Why it could not be looked at; empty: it could'),
    lookedAt: time.nullable().describe('Last look that it answered'),
    state,
    since: time.nullable().describe('Since when it is in this state'),
    lagSeconds: z.int().nullable().describe('Age of the oldest push that it has not; 0: it has all; null: not known'),
    missing: z.int(),
    other: z.int(),
    extra: z.int(),
    tags: z.array(replicaTag).describe('The first of them'),
  })
  .meta({ id: 'ReplicaMember' });

/** Hosts of a registry, compared by the digests of their tags. */
export const replicasSchema = z
  .object({
    registry: z.string(),
    state,
    since: time.nullable(),
    lookedAt: time.nullable(),
    complete: z.boolean().describe('All tags were compared; false: a part, the rest comes with the next looks'),
    members: z.array(replicaMember),
  })
  .meta({ id: 'Replicas' });
