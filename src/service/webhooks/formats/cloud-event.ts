import type { ToldEvent } from './told-event.js';
import { jsonBody, type WebhookBody } from './webhook-body.js';

/** Makes the body of an event in the structured form of CloudEvents 1.0. */
export function cloudEventBody(event: ToldEvent): WebhookBody {
  return jsonBody(cloudEvent(event), 'application/cloudevents+json');
}

/** Returns an event as CloudEvents 1.0 has it. */
export function cloudEvent({ id, kind, subject, registry, repository, at, actor, data, source }: ToldEvent) {
  return {
    specversion: '1.0',
    id,
    source,
    type: `provision.${kind}`,
    subject,
    time: new Date(at).toISOString(),
    datacontenttype: 'application/json',
    data: {
      ...(registry === '' ? {} : { registry }),
      ...(repository === '' ? {} : { repository }),
      ...(actor === '' ? {} : { actor }),
      ...data,
    },
  };
}
