import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa, execaSync } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handlerId, pendingFolder } from '../../src/engine/handlers/pending.js';
import { systemFolder } from '../../src/engine/records/record-places.js';
import { run } from '../../src/library/run.js';
import { holding, runLock } from '../kit/vitest/holding.js';

/*
 * The same tasks, run by Ansible and here: the counts of the recap, what was run in what order, and whether the host
 * failed must be equal. `run: X` stands for a command of either, and `<a|b>` for an expression: of Jinja, and of ours.
 */

holding(runLock);

const cases: Readonly<Record<string, { readonly tasks: string; readonly handlers?: string }>> = {
  'a failure is rescued': {
    tasks: `
- block:
    - run: note a
    - {name: the second, run: note b; exit 3, register: b}
    - run: note never
  rescue:
    - run: "note rescued {{ansible_failed_task.name}} {{ansible_failed_result.rc}}"
    - {run: "note b failed", when: b.failed}
  always:
    - run: note always
- run: note behind`,
  },
  'a failure without rescue': {
    tasks: `
- block: [{run: note a; exit 1}, {run: note never}]
  always: [{run: note always}]
- run: note never`,
  },
  'a rescue that fails': {
    tasks: `
- block: [{run: exit 1}]
  rescue: [{run: note rescue; exit 1}, {run: note never}]
  always: [{run: note always}]
- run: note never`,
  },
  'an always that fails': {
    tasks: `
- block: [{run: note a}]
  rescue: [{run: note never}]
  always: [{run: note always; exit 1}, {run: note never}]
- run: note never`,
  },
  'nothing fails': {
    tasks: `
- block: [{run: note a}]
  rescue: [{run: note never}]
  always: [{run: note always}]`,
  },
  'blocks in blocks': {
    tasks: `
- block:
    - block: [{run: note a; exit 1}, {run: note never}]
      rescue: [{run: note inner; exit 1}]
    - run: note never
  rescue:
    - block: [{run: note b; exit 1}]
      rescue: [{run: note outer}]
  always:
    - block: [{run: note c; exit 1}]
      rescue: [{run: note last}]
- run: note behind`,
  },
  'an always between a failure and its rescue': {
    tasks: `
- block:
    - block: [{run: note a; exit 1}]
      always: [{run: note always}]
    - run: note never
  rescue: [{run: note rescue}]
- run: note behind`,
  },
  'an always that fails after a failure': {
    tasks: `
- block:
    - block: [{run: note a; exit 1}]
      rescue: [{run: note b; exit 1}]
      always: [{run: note always; exit 1}, {run: note never}]
  rescue: [{run: note rescue}]
- run: note behind`,
  },
  'a condition that cannot be asked': {
    tasks: `
- {run: note a, register: a}
- block: [{name: the first, run: note never, when: a.nothing}, {run: note never}]
  rescue: [{run: "note rescued {{ansible_failed_task.name}}"}]
  always: [{run: note always}]`,
  },
  'a block whose condition is false': {
    tasks: `
- when: false
  block: [{run: note never}, {block: [{run: note never}]}]
  rescue: [{run: note never}]
  always: [{run: note never}]
- {when: true, block: [{run: note a}, {run: note never, when: false}], always: [{run: note b}]}`,
  },
  'what a block hands down': {
    tasks: `
- vars: {word: outer}
  ignore_errors: yes
  block:
    - run: "note {{word}}; exit 1"
    - {run: "note {{word}}", vars: {word: own}}
    - block: [{run: "note {{word}} {{other}}; exit 1", ignore_errors: no}, {run: note never}]
      vars: {other: inner}
- run: note never`,
  },
  'errors that are ignored': {
    tasks: `
- {run: note a; exit 4, ignore_errors: yes, register: a}
- {run: "note {{a.rc}}", when: <a is failed|a.failed>}
- {run: exit 1, ignore_errors: yes, changed_when: false}
- block: [{run: exit 1, ignore_errors: yes}, {run: note b}]
  rescue: [{run: note never}]`,
  },
  'what counts as changed and as failed': {
    tasks: `
- {run: note a, changed_when: false}
- {run: echo yes, register: b, changed_when: <'yes' in b.stdout|contains b.stdout "yes">}
- {run: echo no, register: c, changed_when: <'yes' in c.stdout|contains c.stdout "yes">}
- {run: exit 1, failed_when: false}
- {run: exit 1, failed_when: false, changed_when: false}
- {run: exit 2, register: d, failed_when: [<d.rc != 0|ne d.rc 0>, <d.rc != 2|ne d.rc 2>]}
- {run: exit 2, register: e, failed_when: <e.rc > 2|gt e.rc 2>, changed_when: [true, <e.rc == 2|eq e.rc 2>]}
- {run: note as judged, when: <e.changed and not d.failed|and e.changed (not d.failed)>}
- {run: echo wrong, register: f, failed_when: <'wrong' in f.stdout|contains f.stdout "wrong">}
- run: note never`,
  },
  'tries until it succeeds': {
    tasks: `
- {run: note try; test $(grep -c try log) = 3, register: r, until: <r is succeeded|not r.failed>, retries: 5, delay: 0}
- run: "note after {{r.attempts}}"`,
  },
  'tries that are given up': {
    tasks: `
- block: [{run: note try; exit 1, register: r, until: <r.rc == 0|eq r.rc 0>, retries: 2, delay: 0}]
  rescue: [{run: note given up}]
- {run: note again, register: s, until: <'x' in s.stdout|contains s.stdout "x">, retries: 1, delay: 0, ignore_errors: yes}
- {run: note last; exit 1, register: t, until: <t.rc == 1|eq t.rc 1>, retries: 1, delay: 0}
- run: note never`,
  },
  'handlers of what failed': {
    handlers: `
- {name: first of blocks, run: note first}
- {name: second of blocks, run: note second}
- {name: third of blocks, run: note third}`,
    tasks: `
- block: [{run: note a, notify: first of blocks}, {run: exit 1, notify: second of blocks}]
  rescue: [{run: note rescued}]
- {run: note b, changed_when: false, notify: second of blocks}
- {run: exit 1, ignore_errors: yes, notify: second of blocks}
- notify: third of blocks
  block: [{run: note c}, {meta: flush_handlers}, {run: note d}, {run: note e, changed_when: false}]`,
  },
  'a host that fails has its handlers left': {
    handlers: `
- {name: left by blocks, run: note never}`,
    tasks: `
- block: [{run: note a, notify: left by blocks}, {run: exit 1}]
  always: [{run: note always}]`,
  },
};

const version = execaSync('ansible-playbook', ['--version'], { reject: false }).stdout ?? '';
if (version === '') console.warn('ansible-playbook is not installed (ansible-core): it is not compared with');
const required = process.env.PROVISION_REQUIRE_LAB === '1';

const folder = mkdtempSync(join(tmpdir(), 'ansible-blocks-'));
const names = Object.keys(cases);
const hostOf = (name: string) => `case${names.indexOf(name) + 1}`;

/** What came of a case. */
interface Came {
  readonly log: readonly string[];
  readonly counts: Readonly<Record<string, number>>;
}

const counted = ['ok', 'changed', 'unreachable', 'failed', 'skipped', 'rescued', 'ignored'];
const came: { ansible?: ReadonlyMap<string, Came>; ours?: ReadonlyMap<string, Came> } = {};
const left: string[] = [];

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  forgetHandlers();
});

/** What a host that failed left for the next run: the hosts of the cases are all this machine. */
function forgetHandlers(): void {
  for (const name of left) rmSync(join(systemFolder, pendingFolder, handlerId({ name })), { force: true });
}

describe.skipIf(version === '' && !required)('beside ansible-playbook', () => {
  beforeAll(async () => {
    const counts = await byAnsible(site('ansible'));
    came.ansible = new Map(names.map((name) => [name, { log: logOf('ansible', name), counts: counts(hostOf(name)) }]));
    const hosts = await byOurs(site('ours'));
    came.ours = new Map(names.map((name) => [name, { log: logOf('ours', name), counts: hosts(hostOf(name)) }]));
  }, 600_000);

  it.each(names)('%s', (name) => {
    const theirs = came.ansible?.get(name);
    expect(theirs?.log).not.toContain('never');
    expect(came.ours?.get(name)).toEqual(theirs);
  });
});

/**
 * Writes the tasks of each case for one of the two, in a file of their own: a play over all, as Ansible ends a run when
 * all hosts of a play have failed.
 */
function site(of: 'ansible' | 'ours'): string {
  const handlers: string[] = [];
  for (const name of names) {
    const host = hostOf(name);
    const own = join(folder, of, host);
    mkdirSync(own, { recursive: true });
    writeFileSync(join(folder, of, `${host}.yaml`), spelt(`${cases[name]?.tasks}\n`, of, own));
    if (cases[name]?.handlers !== undefined) handlers.push(spelt(indented(`${cases[name].handlers}\n`), of, own));
  }
  const file = join(folder, of, 'site.yaml');
  const tasks = "[{include_tasks: '{{inventory_hostname}}.yaml'}]";
  writeFileSync(file, `- hosts: all\n  gather_facts: no\n  tasks: ${tasks}\n  handlers:${handlers.join('')}`);
  const hosts = names.map((name) => `${hostOf(name)}: {ansible_connection: local}`);
  writeFileSync(join(folder, 'inventory.yaml'), `all: {hosts: {${hosts.join(', ')}}}\n`);
  return file;
}

function indented(text: string): string {
  return text.replaceAll('\n', '\n    ');
}

function spelt(text: string, of: 'ansible' | 'ours', chdir: string): string {
  const body = (command: string) => {
    const script = JSON.stringify(`cd ${chdir}; note() { echo "$*" >>log; }; ${command}`);
    return of === 'ansible' ? `ansible.builtin.raw: ${script}` : `command: {always: true, cmd: ${script}}`;
  };
  return text
    .replaceAll(
      /<(.*?)\|(.*?)>(?=[,\]}\n])/g,
      (_, theirs: string, ours: string) => `'${(of === 'ansible' ? theirs : ours).replaceAll("'", "''")}'`,
    )
    .replaceAll(/\brun: (?:"([^"]*)"|([^,}\]\n]*))/g, (_, quoted: string | undefined, plain: string | undefined) =>
      body(quoted ?? plain ?? ''),
    );
}

async function byAnsible(file: string): Promise<(host: string) => Came['counts']> {
  const env = {
    ANSIBLE_LOCALHOST_WARNING: 'False',
    ANSIBLE_NOCOLOR: '1',
    ANSIBLE_RETRY_FILES_ENABLED: '0',
    HOME: folder,
    ANSIBLE_STRATEGY: 'free',
  };
  const args = ['--forks', '4', '-i', join(folder, 'inventory.yaml'), file];
  const { stdout, stderr } = await execa('ansible-playbook', args, { env, reject: false });
  return (host) => {
    const line = new RegExp(`^${host} +: (.*)$`, 'm').exec(stdout)?.[1];
    if (line === undefined) throw new Error(`${host} is not in the recap: ${stdout}${stderr}`);
    const counts = Object.fromEntries(
      [...line.matchAll(/(\w+)=(\d+)/g)].map(([, name = '', count]) => [name, Number(count)]),
    );
    // The include is a task to Ansible.
    return { ...counts, ok: (counts.ok ?? 0) - 1 };
  };
}

async function byOurs(file: string): Promise<(host: string) => Came['counts']> {
  for (const text of Object.values(cases)) {
    for (const [, name = ''] of (text.handlers ?? '').matchAll(/name: ([^,]+)/g)) left.push(name);
  }
  const unwilling: string[] = [];
  const all: Record<string, Readonly<Record<string, number>>> = {};
  // Each in a run of its own: all are this machine, which no site may have twice.
  for (const name of names) {
    const { hosts } = await run({
      site: file,
      inventory: join(folder, 'inventory.yaml'),
      limit: hostOf(name),
      onEvent: (event) => {
        if (event.event === 'host-failed') unwilling.push(event.message);
      },
    });
    Object.assign(all, hosts);
  }
  expect(unwilling).toEqual([]);
  return (host) => {
    const counts = all[host] ?? {};
    return Object.fromEntries(counted.map((name) => [name, counts[name] ?? -1]));
  };
}

function logOf(of: 'ansible' | 'ours', name: string): readonly string[] {
  const host = join(folder, of, hostOf(name));
  return readdirSync(host).includes('log') ? readFileSync(join(host, 'log'), 'utf8').trimEnd().split('\n') : [];
}
