import { hostileName } from './payload.js';
import type { Manner } from './registry.js';
import { registryCases } from './registry-cases.js';

/** Command lines that bring hostile texts into each command. A command that is missing here fails the test. */
export function casesOf(hosts: Readonly<Record<Manner, string>>): Readonly<Record<string, readonly string[][]>> {
  const bad = hostileName('argument');
  const { images, refuses } = hosts;
  const all = Object.values(hosts);
  const onEach = (words: (host: string) => string[]) => all.map(words);
  const word = ['--vault-password-file', 'password'];
  return {
    '': [
      ...[[], ['--check', '--diff', '-vv', '--output', 'lines'], ['--output', 'json'], ['--output', 'junit']].map(
        (more) => ['site.yaml', '-i', 'hosts.yaml', '--limit', 'plain', '--profile', ...more],
      ),
      ['site.yaml', '-i', 'hosts.yaml', '--output', 'lines', '--list-hosts', '--list-tasks', '--list-tags'],
      ['site.yaml', '-i', 'hosts.yaml', '--tags', bad, '--check'],
      ['site.yaml', '-i', 'hosts.yaml', '--limit', bad],
      ['site.yaml', '-i', 'hosts.yaml', '--start-at-task', bad],
      ['site.yaml', '-i', 'hosts.yaml', '--rerun', 'all'],
      ['site.yaml', '-i', 'hosts.yaml', '-e', bad, '--syntax-check'],
      ['site.yaml', '-i', 'hosts.yaml', '--ask', bad],
      ['site.yaml', '-i', 'hosts.yaml', '--junit', `/nowhere/${bad}`],
      ['site.yaml', '-i', 'hosts.yaml', '--check', '--diff', '-vvv'],
      ['site.yaml', '-i', 'brackets.yaml'],
      ['site.yaml', '-i', 'bad.ini'],
      ['site.yaml', '-i', bad],
      ['site.yaml', '-i', hostileName('bad.yaml')],
      ['bad-site.yaml', '-i', 'hosts.yaml'],
      ['raw-site.yaml'],
      [bad],
      [`--${bad}`],
      ['site.yaml', '--forks', bad],
      ['site.yaml', '--vault-password-file', bad, '--syntax-check'],
    ],
    serve: [
      ['--config', bad],
      ['--config', hostileName('service.yaml')],
      ['--listen', bad],
      ['--listen', '127.0.0.1:0', '--database', `/proc/${bad}/x.db`],
      ['--issuer', bad, '--listen', '0.0.0.0:1'],
      ['--drift-every', bad],
      ['--metrics', bad],
      ['--metrics-token-file', bad, '--state', `state ${bad}`, '--listen', '127.0.0.1:0'],
      ['--traces-endpoint', bad],
      ['--ldap-url', bad],
      ['--ldap-url', 'ldap://127.0.0.1', '--ldap-base', bad, '--ldap-user-filter', bad, '--state', `/proc/${bad}`],
      ['--ldap-group-map', bad],
      ['--oidc-issuer', bad, '--oidc-client-id', bad],
      ['--state', `state ${bad}`, '--first-account', bad, '--listen', '127.0.0.1:0'],
      ['--state', `state ${bad}`, '--backup', bad, '--backup-keep', bad],
      ['--state', `state ${bad}`, '--backup', `/proc/${bad}`, '--json'],
      ['--registry-settings', bad],
      [`--${bad}`],
      [bad],
    ],
    ...Object.fromEntries(
      ['setup', 'create', 'ls', 'rm', 'token'].map((name) => [
        `accounts ${name}`,
        [`http://${refuses}`, bad].map((service) => [
          ...(name === 'ls' ? [] : [bad]),
          ...(name === 'setup' ? ['--token', bad] : ['--as', bad]),
          '--service',
          service,
          '--json',
        ]),
      ]),
    ),
    ...Object.fromEntries(
      ['ls', 'create', 'set', 'rm'].map((name) => [
        `registries ${name}`,
        [
          ...[`http://${refuses}`, `http://${images}`, bad].map((service) => [
            ...(name === 'ls' ? [] : [bad]),
            ...(name === 'create' ? ['--host', bad] : name === 'set' ? ['--description', bad] : []),
            ...['--as', bad, '--service', service],
          ]),
          ...(name === 'create' || name === 'set'
            ? [
                ['--nfs', bad],
                ['--setting', bad],
                ['--unset', bad],
                ['--port', bad],
                ['--writable', '--read-only'],
              ].map((more) => [bad, '--as', bad, ...(name === 'create' ? ['--host', bad] : []), ...more])
            : []),
        ],
      ]),
    ),
    explain: [[bad], ['--roles', bad], [], [hostileName('role')], [bad, bad]],
    'images sync': [
      ...['ours.yaml', 'plain.txt', 'all.yaml', 'heat.yaml', 'raw.yaml'].flatMap((list) =>
        [[], ['--check', '-v'], ['--json']].map((more) => [
          `lists/${list}`,
          '--from',
          images,
          '--to',
          refuses,
          ...more,
        ]),
      ),
      ...onEach((host) => ['lists/all.yaml', '--from', host, '--to', images, '--check', '-v']),
      ...onEach((host) => ['team/web:1', '--from', images, '--to', host, '-v']),
      [hostileName('list'), '--from', images, '--to', refuses],
      [bad, '--to', refuses],
      ['team/web:1', '--to', bad],
      ['team/web:1', '--from', images, '--to', refuses, '--ca', bad],
      ['x', '--prune-share', bad],
    ],
    'images save': [
      ...onEach((host) => ['team/web:latest', '--from', host, '--out', hostileName('saved.tar'), '--force', '-v']),
      ['lists/ours.yaml', '--from', images, '--out', 'saved.tar'],
      [bad, '--out', bad],
      ['team/web:latest', '--from', images, '--out', hostileName('sealed')],
      ['team/web:latest', '--from', images, '--out', hostileName('saved.tar'), '--force', '--json'],
    ],
    'images load': ['archive', 'save', bad, hostileName('sealed')].flatMap((archive) => [
      [archive, '--to', images, '-v'],
      [archive, '--to', refuses, '--as', bad],
      [archive, '--to', images, '--json'],
    ]),
    'images push': [
      ['--engine', 'docker'],
      ['--engine', 'docker', '--json'],
      ['web:1', '--engine', 'docker', '--to', images],
      ['sha256:1', '--engine', 'docker', '--to', images],
      ['other:1', 'web:1', '--engine', 'docker', '--to', refuses],
      [bad, '--engine', 'docker', '--to', images],
      ['web:1', '--engine', 'docker', '--to', images, '--as', bad],
      ['web:1', '--engine', bad],
    ],
    'images pull': [
      ...onEach((host) => [`${host}/team/web:latest`, '--engine', 'docker', '--as', 'back:1']),
      ...onEach((host) => [`${host}/team/web:latest`, '--engine', 'docker', '--platform', 'linux/amd64']),
      [`${images}/team/web:latest`, '--engine', 'docker', '--json'],
      [bad, '--engine', 'docker'],
      [`${images}/team/web`, '--engine', 'docker', '--as', bad],
    ],
    doctor: [
      ['-v'],
      ['--output', 'json'],
      ['-i', 'hosts.yaml', '-v', '-l', 'plain'],
      ['-i', bad],
      ['-l', bad, '-i', 'hosts.yaml'],
    ],
    init: [[bad], [bad], ['password']],
    inventory: [
      ...['hosts.yaml', 'hosts.ini', 'bad.ini', bad].flatMap((file) => [
        ['-i', file, '--list'],
        ['-i', file, '--graph'],
        ['-i', file, '--graph', '--vars'],
        ['-i', file, '--host', 'plain'],
        ['-i', file, '--host', 'plain', '--explain'],
        ['-i', file, '--host', bad],
        ['-i', file, '--graph', bad],
        ['-i', file, '--host', hostileName('web'), '--explain'],
      ]),
      [`--${bad}`],
    ],
    ...registryCases(hosts),
    'runs list': [[], ['--output', 'json'], ['--site', bad]],
    'runs show': [
      ...['20260301T120001', '20260301T120002', 'last', bad].flatMap((run) => [
        [run],
        [run, '--output', 'json'],
        [run, '-vvv', '--diff', '--profile'],
      ]),
    ],
    schema: [['vars'], ['vars', bad], [bad], ['--write', `/dev/null/${bad}`]],
    'vault encrypt': [
      [bad, ...word],
      [hostileName('sealed'), ...word],
      [hostileName('list'), '--vault-id', `${bad}@${bad}`],
    ],
    'vault decrypt': [
      [bad, ...word],
      [hostileName('list'), ...word],
      [hostileName('sealed'), '--vault-password-file', bad],
    ],
    'vault view': [
      [bad, ...word],
      [hostileName('list'), ...word],
      [hostileName('sealed'), ...word],
    ],
    'vault edit': [
      [bad, ...word],
      [hostileName('sealed'), ...word],
    ],
    'vault rekey': [
      [bad, ...word],
      [hostileName('sealed'), ...word, '--new-vault-password-file', 'password'],
    ],
    'vault encrypt-string': [
      [bad, ...word],
      ['--encrypt-vault-id', bad, ...word],
    ],
  };
}
