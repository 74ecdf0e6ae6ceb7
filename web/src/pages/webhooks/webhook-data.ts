/** Kinds of events that a webhook may hear of. */
export const eventKinds = [
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

/** Forms of what is sent. */
export const webhookFormats = ['cloudevents', 'docker-hub', 'harbor', 'distribution', 'slack', 'template'] as const;
