import type { ServiceEventKind } from '../../events/service-event.js';
import type { WebhookFormat } from '../../schemas/webhooks.js';
import { cloudEventBody } from './cloud-event.js';
import { distributionBody } from './distribution.js';
import { dockerHubBody } from './docker-hub.js';
import { harborBody, harborTypes } from './harbor.js';
import { slackBody } from './slack.js';
import type { BodyTemplate } from './template-body.js';
import { type ToldEvent, testKind } from './told-event.js';
import type { WebhookBody } from './webhook-body.js';

/** Makes the body of an event in a format. Templates are loaded with the first. @throws TemplateError */
export async function bodyOf(format: WebhookFormat, template: BodyTemplate, event: ToldEvent): Promise<WebhookBody> {
  switch (format) {
    case 'cloudevents':
      return cloudEventBody(event);
    case 'docker-hub':
      return dockerHubBody(event);
    case 'harbor':
      return harborBody(event);
    case 'distribution':
      return distributionBody(event);
    case 'slack':
      return slackBody(event);
    case 'template':
      return (await import('./template-body.js')).templateBody(template, event);
  }
}

/** Returns true for a kind of events that a format has a form for. */
export function canTell(format: WebhookFormat, kind: ServiceEventKind | typeof testKind): boolean {
  if (kind === testKind) return true;
  switch (format) {
    case 'docker-hub':
      return kind === 'tag.pushed';
    case 'distribution':
      return kind === 'tag.pushed' || kind === 'tag.deleted';
    case 'harbor':
      return harborTypes[kind] !== undefined;
    default:
      return true;
  }
}
