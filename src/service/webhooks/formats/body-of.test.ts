import { describe, expect, it } from 'vitest';
import { serviceEventKinds } from '../../events/service-event.js';
import { webhookFormats } from '../../schemas/webhooks.js';
import { bodyOf, canTell } from './body-of.js';
import { eventLine } from './slack.js';
import { templateBody, templateProblem } from './template-body.js';
import type { ToldEvent } from './told-event.js';

const digest = `sha256:4f0a${'1'.repeat(60)}`;
const pushed: ToldEvent = {
  id: '8e4a2d6c-0000-4000-8000-000000000001',
  kind: 'tag.pushed',
  subject: 'main/team/sub/app:1.2',
  registry: 'main',
  repository: 'team/sub/app',
  at: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  actor: 'bob',
  data: {
    tag: '1.2',
    digest,
    oldDigest: `sha256:${'0'.repeat(64)}`,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    bytes: 2048,
    platforms: ['linux/amd64', 'linux/arm64/v8'],
  },
  source: 'https://service.example.com',
  host: 'registry.example.com:5000',
  isPublic: false,
};
const deleted: ToldEvent = {
  ...pushed,
  kind: 'tag.deleted',
  data: { tag: '1.2', oldDigest: digest, reconciled: true },
  actor: '',
};

const shown = async (format: (typeof webhookFormats)[number], event: ToldEvent) => {
  const template = { text: '{"who": {{json actor}}, "all": {{json data.platforms}} }', type: 'json' as const };
  const { contentType, text } = await bodyOf(format, template, event);
  return { contentType, body: JSON.parse(text) };
};

describe('bodies of a push', () => {
  it('cloudevents', async () => {
    expect(await shown('cloudevents', pushed)).toMatchInlineSnapshot(`
      {
        "body": {
          "data": {
            "actor": "bob",
            "bytes": 2048,
            "digest": "sha256:4f0a111111111111111111111111111111111111111111111111111111111111",
            "mediaType": "application/vnd.oci.image.index.v1+json",
            "oldDigest": "sha256:0000000000000000000000000000000000000000000000000000000000000000",
            "platforms": [
              "linux/amd64",
              "linux/arm64/v8",
            ],
            "registry": "main",
            "repository": "team/sub/app",
            "tag": "1.2",
          },
          "datacontenttype": "application/json",
          "id": "8e4a2d6c-0000-4000-8000-000000000001",
          "source": "https://service.example.com",
          "specversion": "1.0",
          "subject": "main/team/sub/app:1.2",
          "time": "2026-01-02T03:04:05.678Z",
          "type": "provision.tag.pushed",
        },
        "contentType": "application/cloudevents+json",
      }
    `);
  });
  it('docker-hub', async () => {
    expect(await shown('docker-hub', pushed)).toMatchInlineSnapshot(`
      {
        "body": {
          "callback_url": "",
          "push_data": {
            "images": [],
            "pushed_at": 1767323045,
            "pusher": "bob",
            "tag": "1.2",
          },
          "repository": {
            "comment_count": 0,
            "date_created": 1767323045,
            "description": "",
            "dockerfile": "",
            "full_description": "",
            "is_official": false,
            "is_private": true,
            "is_trusted": false,
            "name": "app",
            "namespace": "team/sub",
            "owner": "team/sub",
            "repo_name": "team/sub/app",
            "repo_url": "https://registry.example.com:5000/v2/team/sub/app/",
            "star_count": 0,
            "status": "Active",
          },
        },
        "contentType": "application/json",
      }
    `);
  });
  it('harbor', async () => {
    expect(await shown('harbor', pushed)).toMatchInlineSnapshot(`
      {
        "body": {
          "event_data": {
            "repository": {
              "date_created": 1767323045,
              "name": "app",
              "namespace": "team/sub",
              "repo_full_name": "team/sub/app",
              "repo_type": "private",
            },
            "resources": [
              {
                "digest": "sha256:4f0a111111111111111111111111111111111111111111111111111111111111",
                "resource_url": "registry.example.com:5000/team/sub/app:1.2",
                "tag": "1.2",
              },
            ],
          },
          "occur_at": 1767323045,
          "operator": "bob",
          "type": "PUSH_ARTIFACT",
        },
        "contentType": "application/json",
      }
    `);
  });
  it('distribution', async () => {
    expect(await shown('distribution', pushed)).toMatchInlineSnapshot(`
      {
        "body": {
          "events": [
            {
              "action": "push",
              "actor": {
                "name": "bob",
              },
              "id": "8e4a2d6c-0000-4000-8000-000000000001",
              "request": {
                "addr": "",
                "host": "registry.example.com:5000",
                "id": "8e4a2d6c-0000-4000-8000-000000000001",
                "method": "PUT",
                "useragent": "provision",
              },
              "source": {
                "addr": "service.example.com",
                "instanceID": "https://service.example.com",
              },
              "target": {
                "digest": "sha256:4f0a111111111111111111111111111111111111111111111111111111111111",
                "length": 2048,
                "mediaType": "application/vnd.oci.image.index.v1+json",
                "repository": "team/sub/app",
                "size": 2048,
                "tag": "1.2",
                "url": "https://registry.example.com:5000/v2/team/sub/app/manifests/sha256:4f0a111111111111111111111111111111111111111111111111111111111111",
              },
              "timestamp": "2026-01-02T03:04:05.678Z",
            },
          ],
        },
        "contentType": "application/vnd.docker.distribution.events.v1+json",
      }
    `);
  });
  it('slack', async () => {
    expect(await shown('slack', pushed)).toMatchInlineSnapshot(`
      {
        "body": {
          "text": "main/team/sub/app:1.2 was pushed by bob: sha256:4f0a11111111, was sha256:000000000000, linux/amd64, linux/arm64/v8",
        },
        "contentType": "application/json",
      }
    `);
  });
  it('template', async () => {
    expect(await shown('template', pushed)).toMatchInlineSnapshot(`
      {
        "body": {
          "all": [
            "linux/amd64",
            "linux/arm64/v8",
          ],
          "who": "bob",
        },
        "contentType": "application/json",
      }
    `);
  });
});

describe('bodies of a deletion that a look found', () => {
  it.each(['cloudevents', 'harbor', 'distribution', 'slack'] as const)('%s', async (format) => {
    expect(await shown(format, deleted)).toMatchSnapshot();
  });
});

it('each format tells of the kinds that it has a form for', () => {
  const told = webhookFormats.map((format) => [
    format,
    serviceEventKinds.filter((kind) => canTell(format, kind)).length,
  ]);
  expect(Object.fromEntries(told)).toEqual({
    cloudevents: serviceEventKinds.length,
    'docker-hub': 1,
    harbor: 4,
    distribution: 2,
    slack: serviceEventKinds.length,
    template: serviceEventKinds.length,
  });
});

it('signs that Slack reads are escaped', async () => {
  const { text } = await bodyOf('slack', { text: '', type: 'json' }, { ...pushed, actor: '<!channel> & co' });
  expect(JSON.parse(text).text).toContain('pushed by &lt;!channel&gt; &amp; co:');
});

it('each kind of event has a line for people', () => {
  const data = { kind: 'sync', result: 'failed', problem: 'no', endsAt: '2026-01-02', name: 'ci', why: 'gone' };
  const lines = serviceEventKinds.map((kind) => eventLine({ ...pushed, kind, subject: 'subject', data }));
  expect(lines).toMatchInlineSnapshot(`
    [
      "subject was pushed by bob: ",
      "subject was deleted by bob",
      "subject was made by bob",
      "subject was deleted by bob",
      "job sync subject: failed: no",
      "job sync subject: failed: no",
      "job sync subject: works again, failed: no",
      "drift.found: subject by bob",
      "drift.gone: subject by bob",
      "replicas.differ: subject by bob",
      "replicas.agree: subject by bob",
      "the certificate of the subject ends at 2026-01-02",
      "quota.nearly-full: subject by bob",
      "quota.full: subject by bob",
      "the webhook ci is disabled: gone",
    ]
  `);
});

describe('templates', () => {
  const problem = (text: string, type: 'json' | 'text' = 'json') => templateProblem({ text, type }, pushed);

  it('what an event holds is never a template itself', () => {
    const text = '{{subject}} {{actor}}';
    const event = { ...pushed, subject: '{{data.digest}}', actor: '{{#each data}}x{{/each}}' };
    expect(templateBody({ text, type: 'text' }, event).text).toBe('{{data.digest}} {{#each data}}x{{/each}}');
  });

  it.each([
    ['{"a": {{json subjekt}} }', 'subjekt is not defined'],
    ['{"a": {{json subject}} ', 'no JSON'],
    ['{{#if}}', 'if'],
    ['{"a": "{{data}}"}', 'json'],
    ['{{constructor}}', 'not defined'],
    ['{"a": {{json data.__proto__.x}} }', ''],
  ])('%s is refused', (text, why) => {
    expect(problem(text) ?? '').toContain(why);
  });

  it('fields that other kinds of events have may stand in it', () => {
    expect(problem('{"a": {{json data.result}} }')).toBeUndefined();
    expect(problem('{"a": {{json (default data.result "none")}} }')).toBeUndefined();
    expect(problem('plain', 'text')).toBeUndefined();
  });

  it('loops in loops without end are refused', () => {
    const loops = 5;
    const text = `${'{{#each data}}'.repeat(loops)}x${'{{/each}}'.repeat(loops)}`;
    expect(problem(text, 'text')).toBe('loops may be 3 deep at most');
  });
});
