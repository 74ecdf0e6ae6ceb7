import { eventReference, splitRepository, type ToldEvent, testKind, textField } from './told-event.js';
import { jsonBody, type WebhookBody } from './webhook-body.js';

/** Harbor's types of events, by the kinds of the service's. */
export const harborTypes: Readonly<Record<string, string>> = {
  'tag.pushed': 'PUSH_ARTIFACT',
  'tag.deleted': 'DELETE_ARTIFACT',
  'quota.nearly-full': 'QUOTA_WARNING',
  'quota.full': 'QUOTA_EXCEED',
  [testKind]: 'PUSH_ARTIFACT',
};

/** Makes the body that Harbor sends by default. */
export function harborBody(event: ToldEvent): WebhookBody {
  const { kind, repository, at, actor, isPublic } = event;
  const seconds = Math.floor(at / 1000);
  const digest = textField(event, 'digest') || textField(event, 'oldDigest');
  const tag = textField(event, 'tag');
  return jsonBody({
    type: harborTypes[kind] ?? '',
    occur_at: seconds,
    operator: actor,
    event_data: {
      ...(tag === '' ? {} : { resources: [{ digest, tag, resource_url: eventReference(event) }] }),
      repository: {
        date_created: seconds,
        ...splitRepository(repository),
        repo_full_name: repository,
        repo_type: isPublic ? 'public' : 'private',
      },
      ...(kind.startsWith('quota.') ? { custom_attributes: { Details: JSON.stringify(event.data) } } : {}),
    },
  });
}
