import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askSsh, forgetSshConfig } from './ask-ssh.js';

const folder = mkdtempSync(join(tmpdir(), 'provision-ask-ssh-'));
const at = (name: string) => join(folder, name);
const path = process.env.PATH;
beforeAll(() => {
  writeFileSync(
    at('ssh'),
    `#!/bin/sh\necho asked >>'${at('count')}'\nPATH='${path}' exec ssh -F '${at('config')}' "$@"\n`,
  );
  chmodSync(at('ssh'), 0o755);
  process.env.PATH = `${folder}${delimiter}${path}`;
});
afterAll(() => {
  process.env.PATH = path;
  rmSync(folder, { recursive: true });
});

const names = ['web1', 'web2', 'web9', 'WEB1', 'db1', 'db2', '10.0.0.1', '10.0.0.2', 'gate', 'other.example.com'];

/** Counts how often ssh was started for all names, and expects each answer to be what ssh itself prints for that name. */
async function asked(config: string, ports: (index: number) => number | undefined = () => undefined): Promise<number> {
  writeFileSync(at('config'), config);
  writeFileSync(at('count'), '');
  forgetSshConfig();
  const given = names.map((address, index) => ({ address, port: ports(index), user: undefined }));
  const answers = await Promise.all(given.map(askSsh));
  const count = readFileSync(at('count'), 'utf8').split('\n').length - 1;
  for (const [index, name] of names.entries()) {
    const { stdout } = await execa('ssh', ['-G', name]);
    const keys = ['hostname', 'port', 'user', 'identityfile', 'proxyjump', 'userknownhostsfile', 'hostkeyalias'];
    const expected = stdout.split('\n').filter((line) => keys.includes(line.split(' ')[0] ?? ''));
    const said = [...(answers[index] ?? new Map<string, string[]>())].flatMap(([key, values]) =>
      keys.includes(key) ? values.map((value: string) => `${key} ${value}`) : [],
    );
    if (ports(index) === undefined) expect(said.sort(), name).toEqual(expected.sort());
  }
  return count;
}

describe('ssh is asked once for hosts that it treats alike, and says of each what it says of it alone', () => {
  it.each([
    ['nothing', '', 2],
    ['one block for all', 'Host *\n  User deploy\n  IdentityFile ~/.ssh/work\n', 2],
    [
      'blocks',
      'Host web* !web9\n  User www\n  ProxyJump gate\nHost db1 db2\n  HostName db.example.com\nHost *\n  User all\n',
      4,
    ],
    ['nested blocks', 'Host web*\n  User www\nHost web1 10.*\n  Port 2222\nHost=db?\n  HostKeyAlias db\n', 6],
  ])('%s', async (_what, config, most) => {
    expect(await asked(config)).toBeLessThanOrEqual(most);
  });

  it.each([
    ['Match', 'Match host web1\n  User www\n'],
    ['tokens', 'Host *\n  UserKnownHostsFile ~/.ssh/known_%h\n'],
    ['canonical names', 'CanonicalizeHostname no\n'],
    ['a file that is included', `Include ${at('included')}\n`],
  ])('but for %s, of which names do not tell', async (_what, config) => {
    writeFileSync(at('included'), 'Match host web2\n  User www\n');
    expect(await asked(config)).toBe(names.length);
  });

  it('whatever ports the inventory gives', async () => {
    expect(await asked('Host db1\n  Port 77\n', (index) => (index % 2 === 0 ? 1000 + index : undefined))).toBe(3);
  });
});

it.each([
  ['prints without end', 'yes', /it printed more than 512 KiB/],
  ['leaves behind what holds its output', 'sleep 60 & exit 3', /exit code 3/],
])('an ssh that %s was waited for, and filled the memory', async (_what, script, message) => {
  const bin = mkdtempSync(join(folder, 'bin-'));
  writeFileSync(join(bin, 'ssh'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(bin, 'ssh'), 0o755);
  const before = process.env.PATH;
  process.env.PATH = `${bin}${delimiter}${before}`;
  forgetSshConfig();
  await expect(askSsh({ address: 'web1', port: undefined, user: undefined })).rejects.toThrow(message);
  process.env.PATH = before;
});
