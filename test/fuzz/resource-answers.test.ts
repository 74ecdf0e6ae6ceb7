import { noRecords } from '../../src/model/records.js';
import { resourceKinds } from '../../src/resources/all.js';
import { standInFacts } from '../../src/site/render/ansible-facts.js';
import { controllerFiles } from '../../src/site/render/files.js';
import { fuzz } from './fuzz.js';
import { promise, type Reader } from './reader.js';

const host = {
  name: 'web1',
  address: '',
  facts: standInFacts,
  root: '',
  at: (path: string) => path,
  force: true,
  update: true,
  records: noRecords,
  files: controllerFiles('/nonexistent'),
};

const verdicts = ['ok', 'kept', 'refused', 'change'];
const base64 = (text: string) => Buffer.from(text).toString('base64');

/** Parses what a probe of a resource printed, and plans from it: the host is refused with an error that says so, or a verdict comes of it. */
function answer(kind: string, params: unknown, ...seeds: readonly string[]): Reader {
  const found = resourceKinds.find((each) => each.kind === kind);
  if (found === undefined) throw new Error(`there is no resource ${kind}`);
  const resource = found.create(found.params.parse(params));
  return {
    name: `the state of ${kind}`,
    seeds,
    words: [
      'end yes\n',
      'stat ',
      'content ',
      'missing\n',
      'regular file|',
      'symbolic link|',
      '|',
      base64('\0'),
      base64('[a]\nb = 1\n'),
      base64('{"a":'),
    ],
    refuses: (error) => error instanceof Error && error.constructor === Error,
    run(input) {
      const stdout = input.toString('utf8');
      const state = resource.parse({ status: stdout.length % 7 === 0 ? 1 : 0, stdout, stderr: 'it failed' }, host);
      const { verdict } = resource.plan(state, host);
      promise(verdicts.includes(verdict), 'no verdict', verdict);
      return true;
    },
  };
}

const stat = 'stat 9|644|0|0|regular file|root|root\n';
const file = (content: string) => `${stat}content ${base64(content)}\nend yes\n`;

fuzz([
  answer('file', { path: '/etc/x', content: 'y' }, file('{"a": 1}\n')),
  answer('directory', { path: '/etc' }, 'stat 4096|755|0|0|directory|root|root\nend yes\n'),
  answer(
    'link',
    { path: '/etc/l', target: '/etc/x' },
    'stat 6|777|0|0|symbolic link|root|root\ntarget L2V0Yy94\nend yes\n',
  ),
  answer('line', { path: '/etc/x', line: 'a', regexp: '^a' }, file('a\nb\n')),
  answer('json_file', { path: '/etc/x', merge: { b: 1 } }, file('{"a": 1, "b": [2]}\n')),
  answer('registries_conf', { path: '/etc/x' }, `${file('[[registry]]\nlocation = "a"\n')}end yes\n`),
  answer(
    'containerd_config',
    { path: '/etc/containerd/config.toml' },
    file('version = 2\n[plugins]\n'),
    'parent missing\nend yes\n',
  ),
  answer('user', { name: 'root' }, 'user root:x:0:0:root:/root:/bin/bash\nmain root\nall root wheel\nend\n'),
  answer('group', { name: 'root' }, 'group root:x:0:\nend\n'),
  answer(
    'mount',
    { path: '/mnt', src: 'r:/a', fstype: 'nfs' },
    `${file('r:/a /mnt nfs ro 0 0\n')}mounted 36 35 0:30 / /mnt ro - nfs r:/a ro\nplace filled\ndone yes\n`,
  ),
  answer('storage_preflight', { path: '/etc' }, 'place filled\ndone yes\n'),
  answer('firewall_port', { port: 5000 }, 'end yes\n', 'tool nft\nend yes\n'),
  answer('seboolean', { name: 'x', state: true }, 'off Cg==\nend yes\n', 'mode RW5mb3JjaW5n\nend yes\n'),
  answer(
    'cron',
    { name: 'x', job: 'true' },
    'parent missing\nend yes\n',
    file('#Provision: x\n* * * * * root false\n'),
  ),
  answer(
    'sysctl',
    { name: 'vm.swappiness', value: '1' },
    'end yes\nlive NjAK\nend yes\n',
    `${file('vm.swappiness=1\n')}live NjAK\nend yes\n`,
  ),
  answer(
    'docker_options',
    {},
    'unit \nend yes\n',
    `unit ${base64('ExecStart=/usr/bin/dockerd -H fd:// $OPTIONS\n')}\nend yes\n`,
  ),
  answer(
    'docker_daemon',
    {},
    `unit \ninfo ${base64('{"ID":"x","LiveRestoreEnabled":false,"RegistryConfig":{"Mirrors":null}}')}\nend yes\n`,
  ),
  answer('get_url', { url: 'http://x/y', dest: '/etc/y' }, `end yes\ntool ${base64('curl')}\nend yes\n`),
  answer(
    'unarchive',
    { src: '/tmp/x.tar', dest: '/etc' },
    `dest ${base64('directory')}\ntool ${base64('tar')}\nend yes\n`,
  ),
]);
