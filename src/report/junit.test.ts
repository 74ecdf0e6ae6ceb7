import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import type { RunEvent, RunReport } from '../engine/events.js';
import { junitReporter } from './junit.js';
import type { TaskEnd } from './text/task-text.js';

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
  seconds: 1.5,
};
const time = '2026-03-01T12:00:01.123Z';
const ended = (event: Partial<TaskEnd>): TaskEnd => ({
  event: 'task-end',
  time,
  host: 'web1.example.org',
  play: 'registries',
  role: 'docker-config',
  task: 'template /etc/docker',
  index: 1,
  handler: false,
  outcome: 'ok',
  summary: '',
  seconds: 0.42,
  ...event,
});

function documentOf(events: readonly RunEvent[], report: Partial<RunReport> = {}): string {
  let text = '';
  const reporter = junitReporter({
    write: (chunk) => {
      text += chunk;
    },
    name: 'site.yaml',
    cwd: '/home/ada/site',
  });
  for (const event of events) reporter.onEvent(event);
  const hosts = { 'web1.example.org': counts, web2: counts };
  reporter.end({ report: 1, check: false, exitStatus: 0, seconds: 12.3456, interrupted: false, hosts, ...report });
  return text;
}

/** Returns a document as another reader of XML sees it: `tag attributes text`, a line an element. */
function readBack(document: string): string {
  const program = `
import sys, xml.etree.ElementTree as tree
def show(each):
    print(each.tag, sorted(each.attrib.items()), repr((each.text or '').strip()))
    for inner in each: show(inner)
show(tree.fromstring(sys.stdin.buffer.read()))`;
  const { status, stdout, stderr } = spawnSync('python3', ['-c', program], { input: document, encoding: 'utf8' });
  if (status !== 0) throw new Error(`not XML: ${stderr}\n${document}`);
  return stdout;
}

const hasPython = spawnSync('python3', ['--version']).status === 0 || process.env.PROVISION_REQUIRE_LAB === '1';

test('a suite a host, a case a task', () => {
  const place = { file: '/home/ada/site/site.yaml', line: 7, column: 3 };
  const document = documentOf([
    { event: 'run-start', time, check: false, hosts: ['web1.example.org', 'web2'] },
    ended({}),
    ended({ outcome: 'changed', summary: 'created', place }),
    ended({ outcome: 'skipped', summary: 'when is false', role: undefined, task: 'reload', handler: true }),
    ended({
      outcome: 'failed',
      summary: 'did not converge',
      stdout: 'said <this> & "that"\n',
      stderr: '\u001B[31mred\u001B[0m\u0000',
      status: 3,
      hint: 'look',
      place,
    }),
    {
      event: 'host-unreachable',
      time,
      host: 'web2',
      play: 'registries',
      problem: 'refused',
      message: 'nothing listens',
      hint: 'start sshd',
    },
  ]);
  expect(document).toMatchInlineSnapshot(`
    "<?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="site.yaml" tests="5" failures="1" errors="1" time="12.346">
    <testsuite name="web1.example.org" tests="4" failures="1" errors="0" skipped="1" time="1.500" timestamp="2026-03-01T12:00:01" hostname="web1.example.org">
    <testcase classname="web1.example.org.docker-config" name="template /etc/docker" time="0.420"/>
    <testcase classname="web1.example.org.docker-config" name="template /etc/docker (2)" time="0.420">
    <system-out>changed (created)</system-out>
    </testcase>
    <testcase classname="web1.example.org.registries" name="handler reload" time="0.420">
    <skipped message="when is false"/>
    </testcase>
    <testcase classname="web1.example.org.docker-config" name="template /etc/docker (3)" time="0.420">
    <failure type="failed" message="did not converge">web1.example.org docker-config › template /etc/docker: did not converge
        at site.yaml:7:3
        output (exit status 3):
          said &lt;this&gt; &amp; &quot;that&quot;
          red\\x00
        try: look</failure>
    </testcase>
    </testsuite>
    <testsuite name="web2" tests="1" failures="0" errors="1" skipped="0" time="1.500" timestamp="2026-03-01T12:00:01" hostname="web2">
    <testcase classname="web2.registries" name="host" time="0.000">
    <error type="refused" message="nothing listens">web2: unreachable: nothing listens
        try: start sshd</error>
    </testcase>
    </testsuite>
    </testsuites>
    "
  `);
});

test('differences fail where --strict says so, and only there', () => {
  const events = [
    ended({ outcome: 'would-change', summary: 'mode 0600 -> 0644' }),
    ended({ outcome: 'kept', summary: 'differs', hint: 'use --force to update it' }),
    ended({ outcome: 'unknown', summary: 'depends on package:docker' }),
  ];
  expect(documentOf(events)).toContain('tests="3" failures="0" errors="0" skipped="1"');
  expect(documentOf(events, { exitStatus: 3 })).toContain('tests="3" failures="3" errors="0" skipped="0"');
});

// Another parser than ours reads it: python's, which need not be here unless tests must run.
test.skipIf(!hasPython)('whatever a host says, the document is XML, and says the same', () => {
  const said =
    '\u0000\u0008\u001F\u007F\uFFFE\uFFFF\uD800 ]]> <![CDATA[ & &amp; <b> "quoted" \'single\' \t tab\nline é 🙂';
  const events = [ended({ outcome: 'failed', summary: said, stdout: said, task: said, role: said, host: 'web2' })];
  const back = readBack(documentOf(events));
  expect(back).toContain(String.raw`\\x00\\x08\\x1f\\x7f\\u{fffe}\\u{ffff}\\u{d800}`);
  for (const part of [']]> <![CDATA[ & &amp; <b> "quoted"', 'é 🙂', '\\t tab\\nline']) expect(back).toContain(part);
});

/** Elements and attributes that junit-10.xsd of Jenkins' xUnit plugin allows, as far as they are used here. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  testsuites: ['name', 'tests', 'failures', 'errors', 'time'],
  testsuite: ['name', 'tests', 'failures', 'errors', 'skipped', 'time', 'timestamp', 'hostname'],
  testcase: ['classname', 'name', 'time'],
  failure: ['type', 'message'],
  error: ['type', 'message'],
  skipped: ['type', 'message'],
  'system-out': [],
};

test('elements and attributes are those of the schema', () => {
  const place = { file: '/home/ada/site/site.yaml', line: 7, column: 3 };
  const outcomes = ['ok', 'changed', 'kept', 'skipped', 'failed', 'would-change', 'unknown'] as const;
  const document = documentOf(outcomes.map((outcome) => ended({ outcome, place, summary: 'x', hint: 'y' })));
  const elements = [...document.matchAll(/<([a-z-]+)((?: \w+="[^"]*")*)\/?>/g)];
  expect(elements).toHaveLength(15);
  for (const [, name = '', attributes = ''] of elements) {
    const given = [...attributes.matchAll(/ (\w+)=/g)].map((match) => match[1] ?? '');
    expect(allowed[name], name).toEqual(expect.arrayContaining(given));
  }
});

test('a host without events has no suite, and a run of nothing is a document', () => {
  expect(documentOf([])).toBe(
    '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="site.yaml" tests="0" failures="0" errors="0" time="12.346"/>\n',
  );
});
