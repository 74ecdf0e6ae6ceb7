import { hostileName } from './payload.js';
import type { Manner } from './registry.js';

/** Command lines that bring hostile texts into each command about a registry. */
export function registryCases(hosts: Readonly<Record<Manner, string>>): Readonly<Record<string, readonly string[][]>> {
  const bad = hostileName('argument');
  const { images, headers, realm } = hosts;
  const onEach = (words: (host: string) => string[]) => Object.values(hosts).map(words);
  const account = ['--authfile', hostileName('authfile')];
  return {
    'registry ping': [...onEach((host) => [host]), [bad]],
    'registry ls': [...onEach((host) => [host]), [images, '--json'], [`${images}/${bad}`], [images, `--${bad}`]],
    'registry tags': onEach((host) => [`${host}/team/web`]).flatMap((words) => [
      words,
      [...words, '-l'],
      [...words, '--json'],
    ]),
    'registry search': [...onEach((host) => [host, 'team']), [images, bad], [images, '--json']],
    'registry inspect': onEach((host) => [`${host}/team/web`]).flatMap((words) => [words, [...words, '--json']]),
    'registry copy': [
      ...onEach((host) => [`${images}/team/web`, `${host}/team/other`]),
      [`${headers}/a`, `${images}/b`],
      [bad, bad],
    ],
    'registry tag': [...onEach((host) => [`${host}/team/web`, 'new']), [`${images}/team/web`, bad]],
    'registry rm': [...onEach((host) => [`${host}/team/web:latest`]), [`${images}/team/web:${bad}`]],
    'registry retain': [
      ...onEach((host) => [host, '--newest', '1']),
      [images, '--keep', `/${bad}(/`],
      [`${images}/team/web`, '--newest', '1', '--yes'],
      [images, '--newest', '1', '--json'],
    ],
    'registry gc': [
      [images, '--on', bad],
      [bad, '--on', 'local'],
      [images, '--on', 'local', '--container', bad],
      ['--dir', bad, '--on', bad],
      ['--dir', `/dev/null/${bad}`],
    ],
    'registry login': [...onEach((host) => [host, '-u', bad, ...account]), [realm], [bad]],
    'registry logout': [[images, ...account], [bad]],
    'registry serve': [
      ['--dir', `/dev/null/${bad}`],
      ['--dir', 'x', '--host', bad],
      ['--dir', 'x', '--htpasswd', bad],
      ['--dir', 'x', '--proxy-url', bad],
      ['--dir', 'x', '--proxy-url', `http://127.0.0.1:1`, '--proxy-username', bad, '--proxy-password-file', bad],
      ['--dir', 'x', '--proxy-url', `http://127.0.0.1:1`, '--proxy-authfile', bad],
      ['--dir', 'x', '--proxy-url', `http://127.0.0.1:1`, '--proxy-ca', bad],
      ['--dir', 'x', '--proxy-ttl', bad],
      ['--dir', 'x', '--proxy-tag-ttl', bad],
      ['--dir', 'x', '--tls-cert', bad, '--tls-key', bad],
    ],
    'publish status': [
      [bad],
      ['acme'],
      ['acme', 'exported', '-v'],
      ['acme', '--vendors', 'bad-vendors.yaml'],
      ['acme', bad],
      ['acme', '--vendors', bad],
      ['acme', '--vendors', `${bad}.yaml`, '--json', '-v'],
    ],
    'publish setup': [[bad], ['acme', '--vendors', bad, '--dry-run', '--json', '-v']],
    'publish upload': [
      [bad, bad, bad],
      ['acme', 'web', bad, '--vendors', bad, '--dry-run', '--json', '-v'],
    ],
    'publish publish': [
      ['acme', 'web'],
      ['acme', 'exported'],
      [bad, bad, bad],
      ['acme', 'web', bad, '--vendors', bad, '--dry-run', '--json', '-v'],
    ],
    'publish withdraw': [
      [bad, bad, bad],
      ['acme', 'web', '--wait', bad],
      ['acme', 'web', bad, '--all', '--wait', '0', '--vendors', bad, '--dry-run', '--json', '-v'],
    ],
    'publish serve': [
      // Other commands have made a folder of that name.
      ['--data-dir', `${bad}/none`],
      ['--data-dir', '.', '--listen', bad],
      ['--data-dir', '.', '--listen', '127.0.0.1:0', '--interval', bad],
      ['--data-dir', '.', '--config', bad],
      ['--data-dir', '.', '--config', hostileName('list')],
      ['--data-dir', '.', '--content-v1', `${bad}/none`],
      ['--data-dir', '.', '--content-v2', `${bad}/none`],
      ['--data-dir', '.', '--endpoint', bad, '--tls-cert', bad],
      ['--data-dir', '.', '--tls-cert', bad, '--tls-key', bad, '--tls-client-ca', bad],
      ['--data-dir', '.', '--client-cert-header', bad],
      ['--data-dir', '.', '--client-cert-header', 'x', '--trusted-proxy', bad],
      [`--${bad}`, '--search', '--log', '--json'],
      [bad],
    ],
    publish: [
      ...onEach((host) => ['acme.bucket', 'app', 'export', '--endpoint', `http://${host}`]),
      ...onEach((host) => ['--to', 'published', 'app', `${host}/team/web:latest`]),
      ['acme.bucket', 'app', 'export', '--endpoint', `http://${images}`, '--create', '--public-policy'],
      [bad, 'app', 'export'],
      ['acme.bucket', bad, 'export'],
      ['acme.bucket', 'app', bad],
      ['acme.bucket', 'app', `${bad}.tar`, '--layout', bad],
      ['--to', bad, 'app', 'export', '--name', bad, '--mask', bad, '--redirect-file', bad, '--url', 'https://x'],
      ['--to', `/proc/${bad}`, 'app', 'export'],
      ['--to', `s3://${bad}`, 'app', 'export'],
      ['--to', `ftp://${bad}`, 'app', 'export'],
      ['--to', `s3://acme.bucket/${bad}`, 'app', 'export', '--endpoint', 'http://127.0.0.1:1'],
      ['acme.bucket', 'app', 'export', '--profile', bad, '--endpoint', 'http://127.0.0.1:1'],
      ['acme.bucket', 'app', 'export', '--region', bad, '--endpoint', 'http://127.0.0.1:1'],
      ['acme.bucket', 'app', 'export', '--endpoint', bad],
      ['acme.bucket', 'app', 'export', '--url', bad],
      ['acme.bucket', 'app', 'export', '--ca', bad],
      ['acme.bucket', 'app', 'export', '--public', '--public-policy'],
      ['--to', 'published', 'app', 'export', '--redirect-version', bad],
      ['--to', 'published', 'app', 'export', '--layout', 'static', '--repository', bad, '--repair'],
      ['--to', 'published', 'app', 'export', '--dry-run', '--json', '-v'],
      [`--${bad}`],
      [],
    ],
    'registry upgrade-plan': [
      ['config.yml'],
      ['config.yml', '--json'],
      ['no-config.yml'],
      [bad],
      ['config.yml', '--to', bad],
      ['config.yml', '--storage', bad],
    ],
  };
}
