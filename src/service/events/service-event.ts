/** Kinds of events that the service tells others of (CloudEvents: `type`, behind `provision.`). */
export const serviceEventKinds = [
  'tag.pushed',
  'tag.deleted',
  'repository.created',
  'repository.deleted',
  'job.ended',
  'job.failed',
  'job.recovered',
  'drift.found',
  'drift.gone',
  'replicas.differ',
  'replicas.agree',
  'certificate.ending',
  'quota.nearly-full',
  'quota.full',
  'webhook.disabled',
] as const;

export type ServiceEventKind = (typeof serviceEventKinds)[number];

/** Event of the service, before it is written. */
export interface NewServiceEvent {
  readonly kind: ServiceEventKind;
  /** Thing that it is about: `main/team/app:1.2`, a job's identifier, a host. */
  readonly subject: string;
  /** Registry that it is about; absent: none. */
  readonly registry?: string;
  /** Repository that it is about; absent: none. Webhooks of a path hear of those below it alone. */
  readonly repository?: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Account that did it; empty: nobody. */
  readonly actor: string;
  /** Details of it, as JSON, without secrets. */
  readonly data: Readonly<Record<string, unknown>>;
}
