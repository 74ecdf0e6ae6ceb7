import { type ToldEvent, textField } from './told-event.js';
import { jsonBody, type WebhookBody } from './webhook-body.js';

/** Makes the envelope in which registries (distribution) notify, with one event. */
export function distributionBody(event: ToldEvent): WebhookBody {
  const { id, kind, repository, at, actor, host, source } = event;
  const digest = textField(event, 'digest');
  const isDeleted = kind === 'tag.deleted';
  const bytes = event.data.bytes;
  const size = typeof bytes === 'number' ? { size: bytes, length: bytes } : {};
  const of = {
    mediaType: textField(event, 'mediaType') || 'application/octet-stream',
    digest,
    ...size,
    url: `https://${host}/v2/${repository}/manifests/${digest}`,
  };
  return jsonBody(
    {
      events: [
        {
          id,
          timestamp: new Date(at).toISOString(),
          action: isDeleted ? 'delete' : 'push',
          target: { ...(isDeleted ? {} : of), repository, tag: textField(event, 'tag') },
          request: { id, addr: '', host, method: isDeleted ? 'DELETE' : 'PUT', useragent: 'provision' },
          actor: actor === '' ? {} : { name: actor },
          source: { addr: new URL(source).host, instanceID: source },
        },
      ],
    },
    'application/vnd.docker.distribution.events.v1+json',
  );
}
