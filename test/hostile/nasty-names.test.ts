import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Task } from '../../src/model/task.js';
import { user } from '../../src/resources/accounts/user.js';
import { command } from '../../src/resources/actions/command.js';
import { block } from '../../src/resources/files/block.js';
import { directory } from '../../src/resources/files/directory.js';
import { file } from '../../src/resources/files/file.js';
import { get_url } from '../../src/resources/files/get-url/get-url.js';
import { json_file } from '../../src/resources/files/json/json-file.js';
import { line } from '../../src/resources/files/line.js';
import { link } from '../../src/resources/files/link.js';
import { template } from '../../src/resources/files/template.js';
import { toml_file } from '../../src/resources/files/toml-file.js';
import { unarchive } from '../../src/resources/files/unarchive/unarchive.js';
import { htpasswd } from '../../src/resources/htpasswd/htpasswd.js';
import { sysctl } from '../../src/resources/kernel/sysctl/sysctl.js';
import { mount } from '../../src/resources/mounts/mount/mount.js';
import { storage_preflight } from '../../src/resources/mounts/storage-preflight/storage-preflight.js';
import { cron } from '../../src/resources/services/cron/cron.js';
import { check, converge, type Setting } from '../kit/converge-locally.js';
import { nastyNames, nastyTexts } from '../kit/nasty-names.js';
import { canSandbox, SandboxedHost } from '../kit/sandboxed-host.js';

let folder = '';
let server: Server;
const isRoot = process.getuid?.() === 0;
const texts = Object.entries(nastyTexts);
const files = { file: (src: string) => join(folder, 'src', src), template: (src: string) => join(folder, 'src', src) };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'provision-nasty-'));
  mkdirSync(join(folder, 'src'));
  server = createServer((_, response) => response.end('served\n'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Carries a task out, and looks again: a second run finds nothing to do. */
async function twice(task: Task, setting: Setting = {}): Promise<void> {
  const first = await converge(task, { files, ...setting });
  expect(first.failure ?? (first.plan.verdict === 'refused' ? first.plan.message : undefined)).toBeUndefined();
  expect(first.next).toMatchObject({ verdict: 'ok' });
}

const own = { owner: process.getuid?.() ?? 0, group: process.getgid?.() ?? 0 };

/** Task of each resource for a path, and what is to be seen there then. */
const pathsOf: Readonly<Record<string, (path: string) => Promise<unknown>>> = {
  file: async (path) => {
    await twice(file({ path, content: 'x\n', mode: '0640' }));
    await twice(file({ path, content: 'y\n', force: true }));
    await twice(file({ path, state: 'absent' }));
  },
  'file and src': async (path) => {
    const name = path.slice(path.lastIndexOf('/') + 1);
    writeFileSync(files.file(name), 'sent\n');
    await twice(file({ path, src: name }));
    expect(readFileSync(path, 'utf8')).toBe('sent\n');
  },
  template: async (path) => {
    const name = path.slice(path.lastIndexOf('/') + 1);
    writeFileSync(files.template(`t${name}`), 'name={{name}}\n');
    await twice(template({ src: `t${name}`, dest: path, data: { name } }));
    expect(readFileSync(path, 'utf8')).toBe(`name=${name}\n`);
  },
  toml_file: async (path) => {
    writeFileSync(files.template('x.toml'), 'name = {{json name}}\n');
    await twice(toml_file({ src: 'x.toml', dest: path, data: { name: path } }));
    expect(readFileSync(path, 'utf8')).toBe(`name = ${JSON.stringify(path)}\n`);
  },
  'line and block': async (path) => {
    const text = path.slice(path.lastIndexOf('/') + 1);
    await twice(line({ path, line: text, create: true }));
    await twice(block({ path, block: `${text}\n`, marker: `${text}{mark}` }));
    expect(readFileSync(path, 'utf8')).toBe(`${text}\n${text}BEGIN\n${text}\n${text}END\n`);
    await twice(block({ path, marker: `${text}{mark}`, state: 'absent' }));
    await twice(line({ path, line: text, state: 'absent' }));
    expect(readFileSync(path, 'utf8')).toBe('');
  },
  json_file: async (path) => {
    const merge = { [path]: { value: path } };
    await twice(json_file({ path, merge }));
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(merge);
    await twice(json_file({ path, remove: [[path, 'value']] }));
  },
  directory: async (path) => {
    await twice(directory({ path: `${path}/${path.slice(path.lastIndexOf('/') + 1)}`, mode: '0750' }));
    await twice(directory({ path, state: 'absent', recurse: true, force: true }));
  },
  link: async (path) => {
    const target = path.slice(path.lastIndexOf('/') + 1);
    await twice(link({ path, target: `${target}x` }));
    expect(readlinkSync(path)).toBe(`${target}x`);
    await twice(link({ path, target, force: true }));
    expect(readlinkSync(path)).toBe(target);
    await twice(link({ path, state: 'absent' }));
  },
  'link that is followed': async (path) => {
    writeFileSync(`${path}x`, 'old\n');
    await twice(link({ path, target: `${path.slice(path.lastIndexOf('/') + 1)}x` }));
    await twice(line({ path, line: 'new' }));
    expect([readlinkSync(path), readFileSync(`${path}x`, 'utf8')]).toEqual([
      expect.stringContaining('x'),
      'old\nnew\n',
    ]);
  },
  unarchive: async (path) => {
    const name = path.slice(path.lastIndexOf('/') + 1);
    const from = join(folder, 'from', name);
    mkdirSync(join(from, name), { recursive: true });
    writeFileSync(join(from, name, name), 'packed\n');
    writeFileSync(join(from, `t${name}`), 'packed\n');
    await execa('tar', ['-c', '-f', `${files.file(name)}.tar`, '-C', from, '.']);
    // Its records are kept below the root.
    const setting = { root: folder };
    const dest = path.slice(folder.length);
    await twice(unarchive({ src: `${name}.tar`, dest }), setting);
    expect(readdirSync(path).sort()).toEqual([name, `t${name}`].sort());
    expect(readFileSync(join(path, name, name), 'utf8')).toBe('packed\n');
    // Of another size: its time may be that of the archive, to the second.
    writeFileSync(join(path, name, name), 'edited by hand\n');
    expect(await check(unarchive({ src: `${name}.tar`, dest }), { files, ...setting })).toMatchObject({
      verdict: 'kept',
      summary: `1 changed: ${name}/${name}`,
    });
    await twice(unarchive({ src: `${name}.tar`, dest, force: true, exclude: ['no such'] }), setting);
    expect(readFileSync(join(path, name, name), 'utf8')).toBe('packed\n');
  },
  get_url: async (path) => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/${encodeURIComponent(path)}`;
    const sum = 'cb3ed8d1d8ac48d1b7ac1a2f60e0b9ff9b45c9c5f5fca9b7ae6cbf9d3a1b0a55';
    expect((await converge(get_url({ url, dest: path, checksum: `sha256:${sum}` }))).failure).toContain(
      'nothing was changed',
    );
    await twice(get_url({ url, dest: path.slice(folder.length) }), { root: folder });
    expect(readFileSync(path, 'utf8')).toBe('served\n');
  },
  htpasswd: async (path) => {
    const name = path.slice(path.lastIndexOf('/') + 1).replace(/^[#\s]+/, '');
    const accounts = { [name]: `${path}`.slice(-20), plain: 'x' };
    await twice(htpasswd({ path, accounts, cost: 4, ...own }));
    expect(readFileSync(path, 'utf8')).toContain(`${name}:$2`);
  },
  command: async (path) => {
    await twice(command({ argv: ['touch', '--', path], creates: path }));
    await twice(command({ argv: ['rm', path], removes: path, chdir: path.slice(0, path.lastIndexOf('/')) }));
  },
};

describe.each(Object.keys(pathsOf))('%s takes any name', (kind) => {
  it.each(nastyNames)('%j', async (name) => {
    const at = mkdtempSync(join(folder, 'at-'));
    await pathsOf[kind]?.(join(at, name));
    const left = readdirSync(at).filter((each) => each.includes('.provision-'));
    expect(left).toEqual([]);
  });
});

/** With `.tar` behind it as long as the name of a file may be: 255 bytes. */
const longName = `${'ü'.repeat(120)}${'x'.repeat(11)}`;

describe('a name as long as names may be is taken by', () => {
  it.each(Object.keys(pathsOf))('%s', async (kind) => {
    await pathsOf[kind]?.(join(mkdtempSync(join(folder, 'long-')), longName));
  });
});

describe('texts arrive as they are', () => {
  it.each(texts)('%s', async (_, text) => {
    const at = mkdtempSync(join(folder, 'text-'));
    writeFileSync(files.file('text'), text);
    writeFileSync(files.template('text.hbs'), '{{text}}');
    await twice(file({ path: join(at, 'content'), content: text }));
    await twice(file({ path: join(at, 'src'), src: 'text' }));
    await twice(template({ src: 'text.hbs', dest: join(at, 'template'), data: { text } }));
    await twice(json_file({ path: join(at, 'json'), merge: { text } }));
    await twice(
      command({ argv: ['sh', '-c', 'cat >"$0"', join(at, 'command')], stdin: text, creates: join(at, 'command') }),
    );
    for (const name of ['content', 'src', 'template', 'command'])
      expect(readFileSync(join(at, name), 'utf8')).toBe(text);
    expect(JSON.parse(readFileSync(join(at, 'json'), 'utf8'))).toEqual({ text });
  });

  it.each(texts)('and stay where a line and a block are added: %s', async (_, text) => {
    const path = join(mkdtempSync(join(folder, 'edit-')), 'text');
    writeFileSync(path, text);
    await twice(line({ path, line: ' new\\1 ' }));
    await twice(block({ path, block: text }));
    const edited = readFileSync(path, 'utf8');
    expect(edited.startsWith(text)).toBe(true);
    await twice(block({ path, state: 'absent' }));
    await twice(line({ path, line: ' new\\1 ', state: 'absent' }));
    // A line that had no end got one.
    const ended = /\n$/.test(text) ? text : `${text}\n`;
    expect(readFileSync(path, 'utf8')).toBe(ended);
  });
});

describe.runIf(canSandbox)('in a sandbox, names are taken by', () => {
  let host: SandboxedHost;
  let at = '';
  let setting: Setting;
  beforeAll(async () => {
    at = mkdtempSync(join(folder, 'sandbox-'));
    host = await SandboxedHost.start(mkdtempSync(join(folder, 'host-')));
    setting = { way: host.way };
  });
  afterAll(() => host.stop());
  const read = (path: string) => readFileSync(join(`/proc/${host.way[2]}/root`, path), 'utf8');

  it.each(nastyNames)('mount, storage_preflight, sysctl, user, cron: %j', async (name) => {
    const path = join(at, name);
    await twice(mount({ path, src: `source of ${name}`, fstype: 'tmpfs' }), setting);
    await twice(storage_preflight({ path }), setting);
    await twice(mount({ path, state: 'absent' }), setting);
    expect(read('/etc/fstab')).toBe('');
    const conf = join(at, `${name}.conf`);
    await twice(sysctl({ name: 'vm.swappiness', value: name, sysctl_file: conf, reload: false }), setting);
    expect(statSync(conf).isFile()).toBe(true);
    const comment = name.replaceAll(':', '');
    await twice(user({ name: 'nasty', home: path, comment, create_home: false }), setting);
    expect(read('/etc/passwd')).toContain(`:${comment}:${path}:`);
    await twice(user({ name: 'nasty', state: 'absent' }), setting);
    const job = cron({ name, job: `echo ${name}` });
    const rooted = { root: mkdtempSync(join(folder, 'root-')) };
    mkdirSync(join(rooted.root, 'etc/cron.d'), { recursive: true });
    await twice(job, rooted);
    expect(readFileSync(join(rooted.root, 'etc/cron.d/provision'), 'utf8')).toContain(
      `#Provision: ${name}\n* * * * * root echo ${name}\n`,
    );
  });
});

it.runIf(isRoot)('a NUL is refused with its place, wherever it would become a word of a shell', () => {
  const wrong: readonly [{ readonly params: { safeParse(input: unknown): { success: boolean } } }, object][] = [
    [file, { path: '/a\0b' }],
    [line, { path: '/a', line: 'a\0b' }],
    [line, { path: '/a', regexp: 'a\0b', line: 'a\0b' }],
    [block, { path: '/a', block: 'a\0b' }],
    [block, { path: '/a', marker: 'a\0{mark}' }],
    [link, { path: '/a', target: 'a\0b' }],
    [command, { cmd: 'a\0b', always: true }],
    [command, { argv: ['a\0b'], always: true }],
    [file, { path: '/a', content: '', validate: 'x\0 %s' }],
    [cron, { name: 'a\0b', job: 'x' }],
    [cron, { name: 'a', job: 'a\0b' }],
    [sysctl, { name: 'a', value: 'a\0b' }],
    [mount, { path: '/a', src: 'a\0b', fstype: 'x' }],
    [user, { name: 'a', comment: 'a\0b' }],
    [htpasswd, { path: '/a', accounts: { 'a\0b': 'x' } }],
    [unarchive, { src: 'a\0b', dest: '/x' }],
    [unarchive, { src: 'a.tar', dest: '/x', exclude: ['a\0b'] }],
    [get_url, { url: 'http://x/', dest: '/x', headers: { a: 'a\0b' } }],
  ];
  for (const [kind, input] of wrong) expect([input, kind.params.safeParse(input).success]).toEqual([input, false]);
});
