import { describe, expect, it } from 'vitest';
import { Secrets } from '../diagnostics/secrets/secrets.js';
import type { RunEvent } from '../engine/events.js';
import { jsonReporter } from './json.js';
import { redactReporter } from './redact-event.js';

const event = (fields: object): RunEvent => ({
  event: 'task-end',
  time: '2026-01-01T00:00:00Z',
  host: 'web',
  play: 'all',
  task: 'password',
  index: 1,
  handler: false,
  outcome: 'changed',
  summary: 'updated',
  seconds: 0.1,
  ...fields,
});

function shown(fields: object, ...hidden: string[]) {
  const secrets = new Secrets();
  for (const each of hidden) secrets.add(each);
  const texts: string[] = [];
  const reporter = redactReporter(jsonReporter({ write: (line) => void texts.push(line) }), secrets);
  reporter.onEvent(event(fields));
  return JSON.parse(texts.join(''));
}

describe('what a reporter is told', () => {
  it('has no secret, and is JSON whatever the secret is', () => {
    expect(shown({ stdout: 'a\nbcde', stderr: 'x"y\\z', details: ['nbcd'] }, 'nbcd', 'x"y\\z')).toMatchObject({
      stdout: 'a\nbcde',
      stderr: '(secret)',
      details: ['(secret)'],
    });
    expect(shown({ summary: 'changed' }, 'changed', 'task-end', 'event')).toMatchObject({
      event: 'task-end',
      outcome: 'changed',
      summary: '(secret)',
    });
  });

  const diffs = (before: string, after: string) => {
    const { diff } = shown({ diff: { label: '/etc/app.conf', before, after } }, 'swordfish');
    return [diff.before, diff.after];
  };

  it('has neither a new secret in a difference nor the one it takes the place of', () => {
    expect(diffs('user=a\npass=oldone;\nport=1\n', 'user=a\npass=swordfish;\nport=2\n')).toEqual([
      'user=a\npass=(former secret);\nport=1\n',
      'user=a\npass=(secret);\nport=2\n',
    ]);
    expect(diffs('oldone\n', 'swordfish\n')).toEqual(['(former secret)\n', '(secret)\n']);
  });

  it('has no line that goes and says itself that it is a secret, though nobody has told that one', () => {
    const before = 'http:\n  secret: "old\\"one"\n  token: abc, def\nheaders: [Bearer abcdef123]\nport: 1\n';
    expect(diffs(before, 'port: 1\n')).toEqual([
      'http:\n  secret: ********\n  token: ********\nheaders: [Bearer (former secret)]\nport: 1\n',
      'port: 1\n',
    ]);
  });

  it('has the lines of a difference that hold none, and those that stay', () => {
    expect(diffs('', 'pass=swordfish\n')).toEqual(['', 'pass=(secret)\n']);
    expect(diffs('pass=swordfish\nx=1\n', 'pass=swordfish\nx=2\n')).toEqual([
      'pass=(secret)\nx=1\n',
      'pass=(secret)\nx=2\n',
    ]);
  });
});
