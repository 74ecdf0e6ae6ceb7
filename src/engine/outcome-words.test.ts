import { describe, expect, it } from 'vitest';
import { action, FakeHost, play, runOver, setting } from '../../test/kit/fake-host.js';
import type { Results, Task, TaskItem, TaskResult } from '../model/task.js';
import { taskBlock } from '../model/task-block.js';
import { sh } from '../sh.js';

/** A host on which the changes of these fail. */
function failingAt(...keys: string[]): FakeHost {
  const host = new FakeHost();
  for (const key of keys) host.failing.set(key, { status: 1, stdout: 'said', stderr: `no ${key}` });
  return host;
}

async function outcomes(host: FakeHost, items: readonly TaskItem[], options: Parameters<typeof runOver>[2] = {}) {
  const handlers = [action('reload')];
  const ran = await runOver({ web1: host }, [play(['web1'], items, { handlers })], options);
  return { ...ran, counts: ran.report.hosts.web1, lines: ran.lines.map((line) => line.replace('web1 ', '')) };
}

const set = (key: string, more: Parameters<typeof setting>[2] = {}) => setting(key, '1', { name: key, ...more });

/** A command: done each time. */
const command = (key: string, more: Partial<Task> = {}) => action(key, { register: key, ...more });

/** Keeps what a task registered. */
function seeing(name: string): { readonly task: Task; readonly seen: unknown[] } {
  const seen: unknown[] = [];
  const when = (results: Results) => seen.push(results.get(name)) > 0;
  return { task: set('see', { when }), seen };
}

describe('changedWhen', () => {
  it('says that a command changed nothing, and nobody is notified or recorded', async () => {
    const host = new FakeHost();
    const { lines, counts } = await outcomes(host, [command('a', { changedWhen: false, notify: ['reload'] })]);
    expect(lines).toEqual(['a: ok done']);
    expect(counts).toMatchObject({ ok: 1, changed: 0 });
    expect(host.requests).toEqual(['facts', 'a', 'set a=done | a']);
  });

  it('takes the record of a handler back when it says no only afterwards', async () => {
    const host = new FakeHost();
    const changedWhen = ({ rc }: TaskResult) => rc !== 0;
    const { lines } = await outcomes(host, [command('a', { changedWhen, notify: ['reload'] })]);
    expect(lines).toEqual(['a: ok done']);
    expect(host.requests.slice(2)).toEqual(['record, set a=done | a | reload', 'strike']);
    expect(host.pending.size).toBe(0);
  });

  it('leaves the record of a handler that is due anyway', async () => {
    const host = failingAt('c');
    const items = [
      set('b', { notify: ['reload'] }),
      command('a', { changedWhen: ({ rc }) => rc !== 0, notify: ['reload'] }),
      set('c'),
    ];
    await outcomes(host, items);
    expect([...host.pending.values()]).toEqual(['reload']);
  });

  it('says that something changed that was found as wanted, and its handlers are recorded and run', async () => {
    const host = new FakeHost();
    host.settings.set('a', '1');
    const { lines, counts } = await outcomes(host, [set('a', { changedWhen: () => true, notify: ['reload'] })]);
    expect(lines).toEqual(['a: changed', 'reload: changed done']);
    expect(counts).toMatchObject({ ok: 2, changed: 2 });
    expect(host.requests.slice(2)).toEqual(['record', 'reload', 'set reload=done, strike | reload']);
  });

  it('fails the task when it cannot be asked', async () => {
    const changedWhen = () => {
      throw new Error('no such field');
    };
    const { lines } = await outcomes(new FakeHost(), [command('a', { changedWhen })]);
    expect(lines).toEqual(['a: failed its changed_when could not be evaluated: no such field']);
  });
});

describe('failedWhen', () => {
  it('fails a task that succeeded, and shows what the host said', async () => {
    const host = failingAt();
    host.failing.set('a', { status: 0, stdout: 'all wrong' });
    const words: Partial<Omit<Task, 'resource'>> = {
      failedWhen: ({ stdout }) => stdout === 'all wrong',
      notify: ['reload'],
    };
    const { lines, ends } = await outcomes(host, [setting('a', '', { name: 'a', ...words, plan: () => change })]);
    expect(lines).toEqual(['a: failed failed_when holds (done)']);
    expect(ends[0]).toMatchObject({ stdout: 'all wrong', status: 0 });
    // The host is out of the run: what is due stays recorded for the next.
    expect([...host.pending.values()]).toEqual(['reload']);
  });

  it('takes a failure for a success, which counts as a change unless changedWhen says no', async () => {
    const { task, seen } = seeing('a');
    const failed = { failedWhen: false, notify: ['reload'] } as const;
    const { lines, counts } = await outcomes(failingAt('a', 'b'), [
      command('a', failed),
      task,
      command('b', { failedWhen: ({ rc }) => Number(rc) > 1, changedWhen: false }),
    ]);
    expect(lines).toEqual([
      'a: changed done: exit status 1',
      'see: changed  -> 1',
      'b: ok done: exit status 1',
      'reload: changed done',
    ]);
    expect(seen).toEqual([
      {
        changed: true,
        failed: false,
        skipped: false,
        kept: false,
        value: '',
        rc: 1,
        stdout: 'said',
        stdout_lines: ['said'],
        stderr: 'no a',
      },
    ]);
    expect(counts).toMatchObject({ failed: 0, changed: 3, ok: 4 });
  });

  it('sees what changedWhen made of the result', async () => {
    const words: Partial<Omit<Task, 'resource'>> = { changedWhen: () => false, failedWhen: ({ changed }) => changed };
    expect((await outcomes(new FakeHost(), [command('a', words)])).lines).toEqual(['a: ok done']);
  });

  it('strikes off a handler that it takes for done, and records one again that it fails', async () => {
    const host = failingAt('good');
    const items = [set('a', { notify: [action('good', { failedWhen: false })] })];
    await outcomes(host, items);
    expect(host.pending.size).toBe(0);
    const other = new FakeHost();
    await outcomes(other, [set('a', { notify: [action('bad', { failedWhen: true })] })]);
    expect([...other.pending.values()]).toEqual(['bad']);
  });
});

const change = {
  verdict: 'change',
  summary: 'done',
  apply: { via: 'sh', script: sh`SET a x` },
  verify: () => undefined,
} as const;

describe('ignoreErrors', () => {
  it('tells and counts the failure, and the host goes on', async () => {
    const host = failingAt('a');
    const { task, seen } = seeing('a');
    const { ends, counts, report } = await outcomes(host, [
      command('a', { ignoreErrors: true, notify: ['reload'] }),
      task,
    ]);
    expect(ends.map(({ task, outcome, ignored }) => [task, outcome, ignored])).toEqual([
      ['a', 'failed', true],
      ['see', 'changed', undefined],
    ]);
    expect(seen).toEqual([expect.objectContaining({ failed: true, changed: true, rc: 1 })]);
    // As Ansible counts: ok, changed as far as it is known, and ignored.
    expect(counts).toMatchObject({ ok: 2, changed: 2, failed: 0, ignored: 1 });
    expect(report.exitStatus).toBe(0);
    expect(host.pending.size).toBe(0);
  });

  it('is asked before a rescue', async () => {
    const { ends } = await outcomes(failingAt('a'), [
      taskBlock({ tasks: [set('a', { ignoreErrors: true }), set('b')], rescue: [set('r')] }),
    ]);
    expect(ends.map(({ task }) => task)).toEqual(['a', 'b']);
  });

  it('takes the record of a handler with it', async () => {
    const host = failingAt('reload');
    const reload = action('reload', { ignoreErrors: true });
    const { counts } = await outcomes(host, [set('a', { notify: [reload] })]);
    expect(counts).toMatchObject({ failed: 0, ignored: 1 });
    expect(host.pending.size).toBe(0);
  });
});

describe('noLog', () => {
  it('shows nothing of a task but its name and how it ended, and its result can be used', async () => {
    const host = failingAt('a', 'c');
    host.failing.set('b', { stdout: 'hush-hush' });
    const { task, seen } = seeing('a');
    const secret = { noLog: true, ignoreErrors: true };
    const words = { change: { diff: { label: 'x', before: '', after: 'hush' }, details: ['hush'] } };
    const retried = set('c', { noLog: true, retry: { retries: 1, delay: 0 }, ignoreErrors: true });
    const { events } = await outcomes(host, [
      command('a', secret),
      set('b', { ...secret, ...words }),
      set('d', { noLog: true, ...words }),
      retried,
      task,
    ]);
    const told = events.flatMap((event) =>
      event.event.startsWith('task-') && 'task' in event && event.task !== 'see' ? [event] : [],
    );
    expect(told.map(({ event, ...rest }) => ({ event, ...pick(rest) }))).toMatchInlineSnapshot(`
      [
        {
          "event": "task-start",
          "task": "a",
        },
        {
          "event": "task-end",
          "ignored": true,
          "outcome": "failed",
          "summary": "hidden by no_log",
          "task": "a",
        },
        {
          "event": "task-start",
          "task": "b",
        },
        {
          "event": "task-end",
          "ignored": true,
          "outcome": "failed",
          "summary": "hidden by no_log",
          "task": "b",
        },
        {
          "event": "task-start",
          "task": "d",
        },
        {
          "event": "task-end",
          "outcome": "changed",
          "summary": "hidden by no_log",
          "task": "d",
        },
        {
          "event": "task-start",
          "task": "c",
        },
        {
          "attempt": 1,
          "attempts": 2,
          "delay": 0,
          "event": "task-retry",
          "summary": "hidden by no_log",
          "task": "c",
        },
        {
          "event": "task-end",
          "ignored": true,
          "outcome": "failed",
          "summary": "hidden by no_log",
          "task": "c",
        },
      ]
    `);
    expect(JSON.stringify(told)).not.toMatch(/hush|no [abc]|said/);
    expect(seen).toEqual([expect.objectContaining({ stdout: 'said' })]);
  });
});

function pick(event: object): object {
  const {
    time: _,
    seconds: __,
    host: ___,
    play: ____,
    index: _____,
    handler: ______,
    ...rest
  } = event as Record<string, unknown>;
  return Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
}

describe('check mode', () => {
  it('does not guess what a judgement will find', async () => {
    const { lines, ends } = await outcomes(
      new FakeHost(),
      [
        command('a', { changedWhen: ({ rc }) => rc === 1 }),
        command('b', { changedWhen: false }),
        command('c', { failedWhen: ({ rc }) => rc === 1 }),
        command('d', { failedWhen: true, ignoreErrors: true }),
        set('e', { when: (results) => Object(results.get('b')).rc === 0 }),
        set('f', { when: (results) => Object(results.get('b')).changed === false }),
      ],
      { check: true },
    );
    expect(lines).toEqual([
      'a: unknown done',
      'b: ok would done',
      'c: would-change done',
      'd: failed failed_when holds (done)',
      'e: unknown',
      'f: would-change  -> 1',
    ]);
    expect(ends.flatMap(({ hint }) => (hint === undefined ? [] : [hint]))).toEqual([
      'depends on its own result (changed_when)',
      'depends on the result b (not done)',
    ]);
  });

  it('expects no handler of a task that never counts as a change', async () => {
    const items = [
      set('a', { resource: { provides: ['path:/x'] } }),
      command('b', { changedWhen: false, notify: ['reload'] }),
      setting('c', '1', { name: 'c', resource: { needs: ['path:/x'] }, changedWhen: false, notify: ['reload'] }),
    ];
    const { lines } = await outcomes(new FakeHost(), items, { check: true });
    expect(lines).toEqual(['a: would-change  -> 1', 'b: ok would done', 'c: unknown  -> 1']);
  });

  it('tries nothing twice', async () => {
    const host = new FakeHost();
    const { lines } = await outcomes(host, [command('a', { retry: { until: () => false, retries: 3, delay: 60 } })], {
      check: true,
    });
    expect(lines).toEqual(['a: would-change done']);
  });
});
