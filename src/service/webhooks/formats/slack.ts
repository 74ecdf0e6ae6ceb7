import { listField, type ToldEvent, testKind, textField } from './told-event.js';
import { jsonBody, type WebhookBody } from './webhook-body.js';

/** Letters of a line at most. */
const longest = 2000;

/** Makes the body that incoming webhooks of Slack take, and of what is made like it: Mattermost, Rocket.Chat. */
export function slackBody(event: ToldEvent): WebhookBody {
  return jsonBody({ text: escaped(eventLine(event).slice(0, longest)) });
}

/** Returns an event as one line for people. */
export function eventLine(event: ToldEvent): string {
  const { kind, subject, actor, data } = event;
  const by = actor === '' ? '' : ` by ${actor}`;
  const found = data.reconciled === true ? ' (found by a look at the registry)' : '';
  switch (kind) {
    case 'tag.pushed': {
      const former = textField(event, 'oldDigest');
      const platforms = listField(event, 'platforms').join(', ');
      const was = former === '' ? '' : `, was ${shortDigest(former)}`;
      const digest = shortDigest(textField(event, 'digest'));
      return `${subject} was pushed${by}: ${digest}${was}${platforms === '' ? '' : `, ${platforms}`}${found}`;
    }
    case 'tag.deleted':
    case 'repository.deleted':
      return `${subject} was deleted${by}${found}`;
    case 'repository.created':
      return `${subject} was made${by}${found}`;
    case 'job.ended':
    case 'job.failed':
    case 'job.recovered': {
      const problem = textField(event, 'problem');
      const what = `${textField(event, 'kind')} ${subject}`;
      return `job ${what}: ${kind === 'job.recovered' ? 'works again, ' : ''}${textField(event, 'result')}${problem === '' ? '' : `: ${problem}`}`;
    }
    case 'certificate.ending':
      return `the certificate of the ${subject} ends at ${textField(event, 'endsAt')}`;
    case 'webhook.disabled':
      return `the webhook ${textField(event, 'name')} is disabled: ${textField(event, 'why')}`;
    case testKind:
      return `this is a test of a webhook, asked for${by}`;
    default:
      return `${kind}: ${subject}${by}`;
  }
}

function shortDigest(digest: string): string {
  return digest.slice(0, 'sha256:'.length + 12);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
