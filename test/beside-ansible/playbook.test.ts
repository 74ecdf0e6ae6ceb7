import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { provisionJson } from '../kit/provision.js';

/*
 * The same plays under Ansible and here: which tasks and handlers run, on which host, in which order, and which of them
 * change something. Each task makes a folder, in the words of either.
 */

const hasAnsible = await execa('ansible-playbook', ['--version'], { reject: false }).then(
  ({ exitCode }) => exitCode === 0,
);
if (!hasAnsible && process.env.PROVISION_REQUIRE_LAB === '1') throw new Error('there is no ansible-playbook here');
if (!hasAnsible) console.warn('ansible-playbook is not installed (ansible-core): it is not compared with');

interface Case {
  readonly what: string;
  /** Files of the site; `MAKE x` stands for a resource. */
  readonly files: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  /** What both say; it must not be nothing. */
  readonly count: number;
}

const play = (hosts: string, rest: string) => `- hosts: ${hosts}\n  gather_facts: no\n${rest}`;

const cases: readonly Case[] = [
  {
    what: 'handlers that listen, and a flush between',
    files: {
      'site.yaml': play(
        'web1',
        `
  tasks:
    - {name: one, MAKE a, notify: topic}
    - meta: flush_handlers
    - {name: two, MAKE b, notify: [restart, topic]}
    - {name: three, MAKE b, notify: never}
  handlers:
    - {name: reload, MAKE r1, listen: topic}
    - {name: never, MAKE r2}
    - {name: restart, MAKE r3, listen: [topic, other]}
`,
      ),
    },
    count: 7,
  },
  {
    what: 'imported and included files, loops, variables that are handed down, imported handlers',
    files: {
      'site.yaml': play(
        'web1',
        `
  vars: {kind: blue}
  tasks:
    - import_tasks: more.yaml
      vars: {what: first}
    - include_tasks: "{{kind}}.yaml"
    - include_tasks: each.yaml
      loop: [x, y]
    - import_tasks: more.yaml
      when: false
      vars: {what: never}
  handlers:
    - import_tasks: handlers.yaml
`,
      ),
      'more.yaml': '- {name: more, MAKE {{what}}, notify: imported}\n- import_tasks: deep/inner.yaml\n',
      'deep/inner.yaml': '- {name: inner, MAKE inner}\n- import_tasks: beside.yaml\n',
      'deep/beside.yaml': '- {name: beside, MAKE beside}\n',
      'blue.yaml': '- {name: blue, MAKE blue}\n',
      'each.yaml': '- {name: each, MAKE {{item}}}\n- {name: again, MAKE {{item}}}\n',
      'handlers.yaml': '- {name: imported, MAKE handled}\n',
    },
    count: 9,
  },
  {
    what: 'tags that an import hands down',
    files: {
      'site.yaml': play(
        'web1',
        '  tasks:\n    - {name: one, MAKE a}\n    - {import_tasks: more.yaml, tags: [wanted]}\n    - {name: always, MAKE b, tags: always}\n',
      ),
      'more.yaml': '- {name: more, MAKE c, tags: other}\n- {name: left out, MAKE d, tags: unwanted}\n',
    },
    args: ['--tags', 'wanted', '--skip-tags', 'unwanted'],
    count: 2,
  },
  {
    what: 'a start at a task of an imported file',
    files: {
      'site.yaml': play(
        'web1',
        '  tasks:\n    - {name: one, MAKE a}\n    - import_tasks: more.yaml\n    - {name: last, MAKE e}\n  handlers: [{name: late, MAKE f}]\n',
      ),
      'more.yaml': '- {name: two, MAKE c}\n- {name: three, MAKE d, notify: late}\n',
    },
    args: ['--start-at-task', 'thr*'],
    count: 3,
  },
  {
    what: 'tasks that are delegated, once or for each host',
    files: {
      'site.yaml': play(
        'web',
        `
  vars: {database: db1}
  tasks:
    - {name: each, MAKE {{inventory_hostname}}, delegate_to: db1}
    - {name: once, MAKE once, delegate_to: db1, run_once: true}
    - {name: own, MAKE own-{{inventory_hostname}}, register: made}
    - {name: asked, MAKE asked-{{inventory_hostname}}, when: made.changed, delegate_to: "{{database}}"}
`,
      ),
    },
    count: 7,
  },
];

test.skipIf(!hasAnsible).each(cases)(
  '$what',
  async ({ files, args = [], count }) => {
    const folder = mkdtempSync(join(tmpdir(), 'beside-'));
    try {
      const theirs = await underAnsible(join(folder, 'theirs'), files, args);
      const ours = await here(join(folder, 'ours'), files, args);
      expect(byHost(ours)).toEqual(byHost(theirs));
      expect(ours).toHaveLength(count);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
  120_000,
);

/** Hosts go at their own pace here, and task by task there. */
const byHost = (lines: readonly string[]) => {
  const hostOf = (line: string) => line.split(' ')[0] ?? '';
  return lines.toSorted((a, b) => hostOf(a).localeCompare(hostOf(b)));
};

const hosts = { web: ['web1', 'web2'], db: ['db1'] };

function write(folder: string, files: Case['files'], make: (path: string) => string, host: (name: string) => string) {
  const inventory = Object.entries(hosts).map(([group, names]) => {
    return `${group}: {hosts: {${names.map((name) => `${name}: {ansible_connection: local, ${host(name)}}`).join(', ')}}}`;
  });
  const all = { ...files, 'inventory.yaml': `all: {children: {${inventory.join(', ')}}}\n` };
  for (const [name, text] of Object.entries(all)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(
      join(folder, name),
      text.replace(/MAKE ((?:\{\{\w+\}\}|[\w-])+)/g, (_, path: string) => make(path)),
    );
  }
  for (const name of Object.values(hosts).flat()) mkdirSync(join(folder, name));
}

async function underAnsible(folder: string, files: Case['files'], args: readonly string[]): Promise<string[]> {
  // In Ansible a task that is delegated has the variables of its own host: the folder is named by where it runs.
  write(
    folder,
    files,
    (path) => `file: {path: "${folder}/made-${path}", state: directory}`,
    () => 'x: 1',
  );
  const text = await execa('ansible-playbook', ['-f', '1', '-i', 'inventory.yaml', 'site.yaml', ...args], {
    cwd: folder,
    env: { ANSIBLE_NOCOLOR: '1', HOME: folder, ANSIBLE_PYTHON_INTERPRETER: '/usr/bin/python3' },
    reject: false,
  });
  const lines: string[] = [];
  let title = '';
  for (const line of text.stdout.split('\n')) {
    title = /^(?:TASK|RUNNING HANDLER) \[(.*)\]/.exec(line)?.[1] ?? title;
    const [, outcome, on] = /^(ok|changed): \[(.*?)\]/.exec(line) ?? [];
    if (outcome !== undefined) lines.push(`${on} ${title}: ${outcome}`);
  }
  if (text.exitCode !== 0) throw new Error(text.stdout + text.stderr);
  return lines;
}

async function here(folder: string, files: Case['files'], args: readonly string[]): Promise<string[]> {
  write(
    folder,
    files,
    (path) => `directory: {path: "/made-${path}"}`,
    (name) => `root: "${join(folder, name)}"`,
  );
  const { tasks, status, stderr, stdout } = await provisionJson(['site.yaml', '-f', '1', ...args], { cwd: folder });
  if (status !== 0) throw new Error(stdout + stderr);
  return tasks
    .filter(({ outcome, summary }) => outcome !== 'skipped' && !summary.startsWith('run once, on'))
    .map(
      ({ host, delegate, task, outcome }) =>
        `${host}${delegate === undefined ? '' : ` -> ${delegate}`} ${task}: ${outcome}`,
    );
}
