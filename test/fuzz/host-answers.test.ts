import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { readExports } from '../../roles/nfs-export/read-exports.js';
import { hostFindings } from '../../src/cli/doctor/host-script.js';
import { lineFeed } from '../../src/connection/shell/line-feed.js';
import { hostBlocks } from '../../src/connection/ssh/config/ssh-config-blocks.js';
import { expandPath } from '../../src/connection/ssh/config/ssh-tokens.js';
import { entriesFor, judgeKey } from '../../src/connection/ssh/keys/known-hosts.js';
import { parseFacts } from '../../src/engine/facts/facts.js';
import { parseJournal } from '../../src/engine/link/journal.js';
import { logName, pastRuns } from '../../src/report/log/run-log-files.js';
import { withConfigPath } from '../../src/resources/engines/containerd-text.js';
import { dockerInfoSchema } from '../../src/resources/engines/docker-daemon/docker-daemon-config.js';
import { flagsIn, wordsIn } from '../../src/resources/engines/docker-flags.js';
import { readEnvFile } from '../../src/resources/engines/env-file.js';
import { documentIn } from '../../src/resources/engines/registries/registries-text.js';
import { sysconfigFlags } from '../../src/resources/engines/sysconfig-text.js';
import { JsonError, jsonValue, parseJson } from '../../src/resources/files/json/json-text.js';
import { mergeJson } from '../../src/resources/files/json/merge-json.js';
import { readToml } from '../../src/resources/files/toml-text.js';
import { opens } from '../../src/resources/firewall-port/iptables-rules.js';
import { inputChains } from '../../src/resources/firewall-port/nftables-chains.js';
import { accountsIn } from '../../src/resources/htpasswd/edit.js';
import { editSysctl, valueIn } from '../../src/resources/kernel/sysctl/sysctl-text.js';
import { putEntry, removeEntry } from '../../src/resources/mounts/fstab.js';
import { printedFields } from '../../src/resources/path/printed-fields.js';
import { editCron } from '../../src/resources/services/cron/cron-text.js';
import { fuzz } from './fuzz.js';
import { promise, type Reader } from './reader.js';

const folder = mkdtempSync(join(tmpdir(), 'provision-fuzz-'));
afterAll(() => rmSync(folder, { recursive: true }));

const never = () => false;
/** Returns true for the error that refuses what a host answers. */
const plain = (error: unknown) => error instanceof Error && error.constructor === Error;

function text(
  name: string,
  seeds: readonly string[],
  words: readonly string[],
  read: (text: string) => boolean,
  refuses = never as Reader['refuses'],
): Reader {
  return { name, seeds, words, refuses, run: (input) => read(input.toString('utf8')) };
}

const reply = (stdout: string) => ({ status: 0, stdout, stderr: '' });
const key = Buffer.from('AAAAC3NzaC1lZDI1NTE5AAAAIAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g', 'base64');
const run = {
  run: 1,
  id: 'x',
  time: '2026-01-01T00:00:00Z',
  version: '1',
  site: 'site.yaml',
  options: {},
  cwd: '/',
  user: 'a',
  controller: 'c',
  pid: 1,
  check: false,
  hosts: ['a'],
};

fuzz([
  text(
    'the facts of a host',
    [
      'node=web1\nos_id=debian\nos_version=12\nos_like=debian\narch=x86_64\npackage_manager=apt-get\nservice_manager=systemd\nuid=0\nhome=/root\naddress.eth0=inet 10.0.0.5/24\nroute=1.1.1.1 via 10.0.0.1 src 10.0.0.5\npending.system=abc restart web\nend=facts\n',
    ],
    ['end=facts', '__proto__=x', 'constructor=', 'address.', 'pending.own=', '=\n', 'uid='],
    (stdout) => {
      const { facts } = parseFacts(reply(stdout));
      promise(!('x' in {}), 'every object was changed', facts);
      return true;
    },
    plain,
  ),
  text(
    'the journal of a change',
    ['finished x 0\nend\n', 'running\nstarted x 12 y\nend\n', 'ruled-out x\nend\n'],
    ['finished ', 'begun', ' running', '-1'],
    (stdout) => {
      const found = parseJournal(reply(stdout));
      if (found.state === 'finished') promise(Number.isInteger(found.status), 'not a status', found);
      return true;
    },
    plain,
  ),
  text(
    'fields that a script printed',
    ['state Zm9v\nmode MDY0NA==\nstate YmFy\nend yes\n'],
    ['state ', '====', ' \n', '__proto__ '],
    (stdout) => {
      const fields = printedFields(reply(stdout), 'x');
      fields('state');
      fields('__proto__');
      return true;
    },
    plain,
  ),
  text(
    'what the doctor hears of a host',
    ['name=Linux\nmissing=awk\ntime=123\nspace=/tmp 12 /\ninodes=/ 1 /\nlock=pid 1\n'],
    ['\t', ' open', 'ports ', 'free '],
    (stdout) => {
      hostFindings(stdout, { from: 0, to: 1 });
      return true;
    },
    plain,
  ),
  text('lines of a host', ['one\r\ntwo\n\x1b[1mthree\n'], ['\r', '\n', '\x1b['], (given) => {
    const lines: string[] = [];
    const feed = lineFeed((line) => lines.push(line));
    for (let at = 0; at < given.length; at += 7) feed.push(Buffer.from(given.slice(at, at + 7)));
    feed.end();
    promise(
      lines.every((line) => !/[\r\n]/.test(line)),
      'a line with another in it',
      lines,
    );
    return true;
  }),
  {
    name: 'known_hosts',
    seeds: [
      `web1,10.0.0.* ssh-ed25519 ${key.toString('base64')} comment\n@revoked * ssh-rsa AAAA\n|1|c2FsdA==|aGFzaA== ssh-ed25519 ${key.toString('base64')}\n[h]:2222 ssh-rsa AAAAB3\n`,
    ],
    words: ['@revoked ', '@cert-authority ', '|1|', '!', '*', '?', '[h]:22 ', '*?*?*?*?*?', 'ssh-ed25519 '],
    refuses: never,
    run(input) {
      const file = join(folder, 'known_hosts');
      writeFileSync(file, input);
      const entries = entriesFor([file], 'web1');
      judgeKey(entries, key);
      judgeKey(entries, input.subarray(0, 40));
      return entries.length > 0;
    },
  },
  {
    name: 'ssh_config',
    seeds: ['Host web* !web9\n  User a\nHost=b c\n  Port 22\n', 'Include x\nMatch all\n'],
    words: ['Host ', 'Match ', '!', '*', '?', '"', '%h', '='],
    refuses: never,
    run(input) {
      const file = join(folder, 'config');
      writeFileSync(file, input);
      const blocks = hostBlocks(`debug1: Reading configuration data ${file}\n`);
      blocks?.('web1');
      expandPath(input.toString('utf8'), { host: 'h', name: 'n', port: 22, user: 'u', keyAlias: undefined });
      return true;
    },
  },
  {
    name: 'the log of a run',
    seeds: [`${JSON.stringify(run)}\n{"event":"x"}\n{"report":{}}\n`],
    words: ['"hosts"', '"started"', '\n', '{}'],
    refuses: never,
    run(input) {
      writeFileSync(join(folder, logName('20260101T000000-123f00')), input);
      return pastRuns(folder).length === 1;
    },
  },
  text(
    'JSON on a host',
    ['{"a": [1, {"b": null}], "insecure-registries": ["r:5000"]}', '[]'],
    ['"a"', ',', '\\u0000', '1e999', '"__proto__"'],
    (given) => {
      const node = parseJson(given);
      const value = JSON.stringify(jsonValue(node));
      promise(value === JSON.stringify(JSON.parse(given)), 'not what JSON.parse reads', value);
      return true;
    },
    (error) => error instanceof JsonError,
  ),
  text(
    'JSON that is merged into',
    ['{"a": [1], "b": {"c": 2}}'],
    ['"a"', '"b"', '"list"', ',', '\n'],
    (given) => {
      const merged = mergeJson(given, { merge: { b: { d: 1 } }, lists: 'union', remove: [['a']] });
      JSON.parse(merged.text);
      return true;
    },
    (error) => error instanceof JsonError || plain(error),
  ),
  text(
    'TOML on a host',
    ['[[registry]]\nlocation = "r:5000"\ninsecure = true\n[plugins."x".y]\na = [1, 2]\nversion = 2\n'],
    ['[[registry]]\n', '"""', '= ', '1979-05-27T07:32:00Z', 'inf', '__proto__ = 1\n', '{a = 1}'],
    (given) => {
      documentIn(given);
      withConfigPath(given, '/etc/containerd/certs.d');
      return typeof readToml(given) !== 'string';
    },
  ),
  text(
    'a file of variables',
    ["A=1\nB='two'\nexport C=\"x\\\ny\"\n# c \\\nOPTIONS='--insecure-registry r:5000 --log-level=info'\n"],
    ["'", '"', '\\\n', '=', 'export ', '# '],
    (given) => {
      const { assignments } = readEnvFile(given);
      for (const { start, end } of assignments)
        promise(start <= end && end <= given.length, 'outside of the text', { start, end });
      return typeof sysconfigFlags(given) !== 'string' || assignments.length > 0;
    },
  ),
  text(
    'options of dockerd',
    ['--insecure-registry r:5000 -H unix:///x --log-opt="a=b c" --tls=false'],
    ['--', '=', "'", '\\ ', '-H '],
    (given) => {
      flagsIn(wordsIn(given));
      return true;
    },
  ),
  text(
    'docker info',
    [
      JSON.stringify({
        RegistryConfig: { InsecureRegistryCIDRs: ['127.0.0.0/8'], Mirrors: [], IndexConfigs: {} },
        LiveRestoreEnabled: false,
        LoggingDriver: 'json-file',
      }),
    ],
    ['null', '"Mirrors"'],
    (given) => {
      try {
        dockerInfoSchema.safeParse(JSON.parse(given));
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
      }
      return true;
    },
  ),
  text(
    'fstab',
    ['UUID=1 / ext4 defaults 0 1\nr:/a /mnt/a nfs ro,\\040x 0 0 # c\n'],
    ['\\040', '\t', '# ', '/mnt/a'],
    (given) => {
      const put = putEntry(given, { source: 'r:/b', path: '/mnt/a', fstype: 'nfs', options: 'ro', dump: 0, pass: 0 });
      promise(
        putEntry(put.text, { source: 'r:/b', path: '/mnt/a', fstype: 'nfs', options: 'ro', dump: 0, pass: 0 }).text ===
          put.text,
        'not the same again',
        put.text,
      );
      removeEntry(given, '/mnt/a');
      return true;
    },
  ),
  text(
    'exports',
    ['/srv *(ro,sync) 10.0.0.0/8(rw)\n"/a b" host(no_root_squash)\n/c \\\n  d(ro)\n'],
    ['(', ')', '\\040', '"', '*', '@group', '# '],
    (given) => {
      readExports(given);
      return true;
    },
  ),
  text('crontab', ['#Provision: x\n0 * * * * root true\nMAILTO=a\n'], ['#Provision: ', '\n', '\r'], (given) => {
    editCron(given, { name: 'x', line: '1 * * * * false', first: false });
    return true;
  }),
  text('sysctl.conf', ['net.ipv4.ip_forward = 1\n# c\n-a/b=2\n'], ['=', ' = ', '/', '-'], (given) => {
    const edited = editSysctl(given, 'net.ipv4.ip_forward', '0');
    promise(valueIn(edited.text, 'net.ipv4.ip_forward') === '0', 'not as it was set', edited.text);
    return true;
  }),
  text(
    'rules of a firewall',
    [
      '-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT\n',
      'table inet filter {\n chain input {\n  type filter hook input priority 0; policy drop;\n  tcp dport { 22, 80-90 } accept\n }\n}\n',
    ],
    ['--dport ', '{', '}', 'chain ', 'table ', '-m ', '"'],
    (given) => {
      inputChains(given);
      for (const line of given.split('\n').slice(0, 50))
        opens(line, { first: 22, last: 22, proto: 'tcp', source: undefined, family: undefined, zone: undefined });
      return true;
    },
  ),
  text('accounts of a host', ['ada:$2y$05$abc\n# c\n'], [':', '\n'], (given) => {
    accountsIn(given);
    return true;
  }),
]);
