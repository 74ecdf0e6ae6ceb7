import { splitRepository, type ToldEvent, textField } from './told-event.js';
import { jsonBody, type WebhookBody } from './webhook-body.js';

/** Makes the body that Docker Hub sends of a push. It says of the repository what a registry of one's own knows. */
export function dockerHubBody(event: ToldEvent): WebhookBody {
  const { repository, at, actor, host, isPublic } = event;
  const { namespace, name } = splitRepository(repository);
  const seconds = Math.floor(at / 1000);
  return jsonBody({
    callback_url: '',
    push_data: { images: [], pushed_at: seconds, pusher: actor, tag: textField(event, 'tag') },
    repository: {
      comment_count: 0,
      date_created: seconds,
      description: '',
      dockerfile: '',
      full_description: '',
      is_official: false,
      is_private: !isPublic,
      is_trusted: false,
      name,
      namespace,
      owner: namespace,
      repo_name: repository,
      repo_url: `https://${host}/v2/${repository}/`,
      star_count: 0,
      status: 'Active',
    },
  });
}
