import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { RunEvent, RunReport } from '../engine/events.js';
import { linesReporter } from './lines.js';
import type { ReporterOptions } from './reporter.js';
import type { TaskEnd } from './text/task-text.js';

beforeAll(() => {
  vi.stubEnv('TZ', 'UTC');
});
afterAll(() => {
  vi.unstubAllEnvs();
});

const time = '2026-03-01T12:00:01.000Z';

function ended(event: Partial<TaskEnd>): TaskEnd {
  return {
    event: 'task-end',
    time,
    host: 'web1',
    play: 'registries',
    role: 'docker-config',
    task: 'template /etc/sysconfig/docker',
    index: 1,
    handler: false,
    outcome: 'ok',
    summary: '',
    seconds: 0.42,
    ...event,
  };
}

const counts = {
  ok: 3,
  changed: 1,
  unreachable: 0,
  failed: 0,
  skipped: 0,
  rescued: 0,
  ignored: 0,
  kept: 0,
  unknown: 0,
};

const report: RunReport = {
  report: 1,
  check: false,
  exitStatus: 0,
  seconds: 12.34,
  interrupted: false,
  hosts: { web1: { ...counts, seconds: 1.5 } },
};

function printed(events: readonly RunEvent[], options: Partial<ReporterOptions> = {}, end?: RunReport): string {
  let text = '';
  const reporter = linesReporter({
    write: (chunk) => {
      text += chunk;
    },
    color: false,
    verbosity: 0,
    diff: false,
    columns: undefined,
    cwd: '/home/ada/site',
    ...options,
  });
  for (const event of events) reporter.onEvent(event);
  if (end) reporter.end(end);
  return text;
}

describe('a line a task', () => {
  test('names time, host, role, task and what came of it', () => {
    expect(
      printed([
        ended({ outcome: 'changed', summary: 'created' }),
        ended({ role: undefined, task: 'file /etc/motd' }),
        ended({ outcome: 'changed', summary: 'restarted', task: 'restart docker', handler: true }),
        ended({ outcome: 'would-change', summary: 'mode 0600 -> 0644' }),
        ended({ outcome: 'unknown', summary: 'depends on package:docker.io', hint: 'package docker.io would change' }),
      ]),
    ).toMatchInlineSnapshot(`
      "12:00:01 web1 docker-config › template /etc/sysconfig/docker: changed (created)
      12:00:01 web1 › file /etc/motd: ok
      12:00:01 web1 docker-config › handler restart docker: changed (restarted)
      12:00:01 web1 docker-config › template /etc/sysconfig/docker: would change (mode 0600 -> 0644)
      12:00:01 web1 docker-config › template /etc/sysconfig/docker: unknown (depends on package:docker.io)
          package docker.io would change
      "
    `);
  });

  test('tasks that were skipped are shown with -v, those that staging leaves out always', () => {
    const events = [
      ended({ outcome: 'skipped', summary: 'condition is false' }),
      ended({ outcome: 'skipped', skippedBecause: 'root', summary: 'not done with --root', task: 'package docker.io' }),
    ];
    expect(printed(events)).toMatchInlineSnapshot(`
      "12:00:01 web1 docker-config › package docker.io: skipped (not done with --root)
      "
    `);
    expect(printed(events, { verbosity: 1 }).split('\n')).toHaveLength(3);
  });

  test('-v adds details, -vv facts and timings', () => {
    const events: RunEvent[] = [
      {
        event: 'host-facts',
        time,
        host: 'web1',
        play: 'registries',
        facts: { os_id: 'debian', addresses: ['10.0.0.1', '::1'] },
      },
      ended({ details: ['etcd:3.5', 'pause:3.9'] }),
    ];
    expect(printed(events, { verbosity: 1 })).toMatchInlineSnapshot(`
      "12:00:01 web1 docker-config › template /etc/sysconfig/docker: ok
          etcd:3.5
          pause:3.9
      "
    `);
    expect(printed(events, { verbosity: 2 })).toMatchInlineSnapshot(`
      "12:00:01 web1: facts
          os_id: debian
          addresses: 10.0.0.1 ::1
      12:00:01 web1 docker-config › template /etc/sysconfig/docker: ok 0.4s
          etcd:3.5
          pause:3.9
      "
    `);
  });

  test('-v gives signs of life of a long task, -vv every line', () => {
    const task = { host: 'web1', play: 'registries', role: 'image-sync', task: 'images', index: 1, handler: false };
    const at = (seconds: number) => new Date(Date.parse(time) + seconds * 1000).toISOString();
    const events: RunEvent[] = [
      { event: 'task-start', time, ...task },
      { event: 'task-line', time: at(1), ...task, line: 'one' },
      { event: 'task-line', time: at(6), ...task, line: 'layer 10%\rlayer 60%' },
      { event: 'task-line', time: at(7), ...task, line: 'three' },
    ];
    expect(printed(events)).toBe('');
    expect(printed(events, { verbosity: 1 })).toMatchInlineSnapshot(`
      "12:00:07 web1 image-sync › images: … layer 60%
      "
    `);
    expect(printed(events, { verbosity: 2 }).split('\n')).toHaveLength(4);
  });

  test('the output of a host cannot control the terminal', () => {
    expect(
      printed([ended({ outcome: 'changed', summary: '\u001B[2J\u001B]0;title\u0007created\u0007' })]),
    ).toMatchInlineSnapshot(`
      "12:00:01 web1 docker-config › template /etc/sysconfig/docker: changed (\\x1b[2J\\x1b]0;title\\x07created\\x07)
      "
    `);
  });
});

describe('differences', () => {
  const diff = { label: '/etc/sysconfig/docker', before: 'A=1\nB=2\n', after: 'A=1\nB=3\n' };

  test('of changes are shown with --diff', () => {
    expect(printed([ended({ outcome: 'changed', summary: 'content', diff })])).not.toContain('@@');
    expect(printed([ended({ outcome: 'changed', summary: 'content', diff })], { diff: true })).toMatchInlineSnapshot(`
      "12:00:01 web1 docker-config › template /etc/sysconfig/docker: changed (content)
      --- before: /etc/sysconfig/docker
      +++ after: /etc/sysconfig/docker
      @@ -1,2 +1,2 @@
       A=1
      -B=2
      +B=3
      "
    `);
  });

  test('of what is kept are shown always, with the flag that would update it', () => {
    const event = ended({ outcome: 'kept', summary: 'content differs', hint: 'use --force to update it', diff });
    expect(printed([event])).toMatchInlineSnapshot(`
      "12:00:01 web1 docker-config › template /etc/sysconfig/docker: kept (content differs)
      --- before: /etc/sysconfig/docker
      +++ after: /etc/sysconfig/docker
      @@ -1,2 +1,2 @@
       A=1
      -B=2
      +B=3
          use --force to update it
      "
    `);
  });

  test('are coloured where colour is wanted', () => {
    expect(printed([ended({ outcome: 'changed', diff })], { diff: true, color: true })).toMatchInlineSnapshot(`
      "12:00:01 web1 docker-config › template /etc/sysconfig/docker: [33mchanged[0m
      [1m--- before: /etc/sysconfig/docker[0m
      [1m+++ after: /etc/sysconfig/docker[0m
      [36m@@ -1,2 +1,2 @@[0m
       A=1
      [31m-B=2[0m
      [32m+B=3[0m
      "
    `);
  });
});

describe('failures', () => {
  const failed = ended({
    outcome: 'failed',
    summary: 'did not converge: wanted started, found failed',
    hint: 'journalctl -u docker says why',
    stderr: 'Job for docker.service failed.\nSee systemctl status.\nline 3\nline 4\n',
    status: 1,
    place: { file: '/home/ada/site/site.yaml', line: 12, column: 5 },
    task: 'service docker',
  });

  test('show the reason, although systemd says more after it', () => {
    const stderr = [
      'docker is failed; the last that it logged:',
      'failed to start daemon: invalid mirror: http://m/x',
      'docker.service: Main process exited, code=exited, status=1/FAILURE',
      "docker.service: Failed with result 'exit-code'.",
      'Failed to start Docker Application Container Engine.',
    ].join('\n');
    expect(
      printed([{ ...failed, stderr }], {})
        .split('\n')
        .slice(3, 8),
    ).toEqual([
      '      … 1 earlier line',
      '      failed to start daemon: invalid mirror: http://m/x',
      '      … 1 line',
      "      docker.service: Failed with result 'exit-code'.",
      '      Failed to start Docker Application Container Engine.',
    ]);
  });

  test('are told where they happen and once more, in full, below the recap', () => {
    expect(printed([failed], {}, { ...report, exitStatus: 2 })).toMatchInlineSnapshot(`
      "12:00:01 web1 docker-config › service docker: failed (did not converge: wanted started, found failed)
          at site.yaml:12:5
          output (exit status 1):
            … 1 earlier line
            See systemctl status.
            line 3
            line 4
          try: journalctl -u docker says why

      PLAY RECAP *********************************************************************
      web1                       : ok=3    changed=1    unreachable=0    failed=0    skipped=0    rescued=0    ignored=0    kept=0    unknown=0    1.5s
      1 host in 12.3s

      1 failure

      web1 docker-config › service docker: did not converge: wanted started, found failed
          at site.yaml:12:5
          output (exit status 1):
            Job for docker.service failed.
            See systemctl status.
            line 3
            line 4
          try: journalctl -u docker says why
      "
    `);
  });

  test('a host that cannot be reached', () => {
    const event: RunEvent = {
      event: 'host-unreachable',
      time,
      host: 'web2',
      play: 'registries',
      problem: 'host-key-changed',
      message: 'the key of web2 is not the one in known_hosts',
      hint: 'if the host was reinstalled: ssh-keygen -R web2',
    };
    expect(printed([event])).toMatchInlineSnapshot(`
      "12:00:01 web2: unreachable: the key of web2 is not the one in known_hosts
          try: if the host was reinstalled: ssh-keygen -R web2
      "
    `);
  });
});

describe('recap', () => {
  test('as Ansible prints it, with kept, unknown and the time', () => {
    const hosts = { web1: { ...counts, seconds: 1.5 }, db1: { ...counts, kept: 2, seconds: 75 } };
    expect(printed([], {}, { ...report, hosts })).toMatchInlineSnapshot(`
      "
      PLAY RECAP *********************************************************************
      db1                        : ok=3    changed=1    unreachable=0    failed=0    skipped=0    rescued=0    ignored=0    kept=2    unknown=0    1m 15s
      web1                       : ok=3    changed=1    unreachable=0    failed=0    skipped=0    rescued=0    ignored=0    kept=0    unknown=0    1.5s
      2 hosts in 12.3s
      2 kept: 2 not written by provision (--force)
      "
    `);
  });

  test('unpadded on a narrow terminal', () => {
    expect(printed([], { columns: 40 }, report)).toMatchInlineSnapshot(`
      "
      PLAY RECAP *****************************
      web1 : ok=3    changed=1    1.5s
      1 host in 12.3s
      "
    `);
  });

  test('says so after a check and after an interruption', () => {
    expect(printed([], {}, { ...report, check: true })).toContain('check: 1 host in 12.3s, nothing was changed');
    expect(printed([], {}, { ...report, interrupted: true })).toContain('interrupted: 1 host in 12.3s');
  });
});

test('failures that the host went on after, and tries, are told, and are no failures at the end', () => {
  const failed = { outcome: 'failed', summary: 'run: exit status 1', stderr: 'no space', status: 1 } as const;
  const { time: _, ...of } = ended({});
  const events: RunEvent[] = [
    ended({ ...failed, ignored: true }),
    ended({ ...failed, rescued: true, hint: 'make room' }),
    {
      ...of,
      event: 'task-retry',
      time,
      attempt: 1,
      attempts: 4,
      summary: 'run: exit status 1',
      delay: 5,
    },
  ];
  const end = { ...report, hosts: { web1: { ...counts, rescued: 1, ignored: 1, seconds: 1.5 } } };
  expect(printed(events, {}, end)).toMatchInlineSnapshot(`
    "12:00:01 web1 docker-config › template /etc/sysconfig/docker: failed, ignored (run: exit status 1)
        output:
          no space
    12:00:01 web1 docker-config › template /etc/sysconfig/docker: failed, rescued (run: exit status 1)
        output:
          no space
        try: make room
    12:00:01 web1 docker-config › template /etc/sysconfig/docker: try 1 of 4: run: exit status 1; again in 5s

    PLAY RECAP *********************************************************************
    web1                       : ok=3    changed=1    unreachable=0    failed=0    skipped=0    rescued=1    ignored=1    kept=0    unknown=0    1.5s
    1 host in 12.3s
    "
  `);
});
