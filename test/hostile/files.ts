import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { seal } from '../../src/vars/vault/cipher.js';
import { writeEnvelope } from '../../src/vars/vault/envelope.js';
import { hostileEvents, hostileHeader, hostileReport } from './events.js';
import { hostileName } from './payload.js';

/** A container engine that has an image of hostile names, and fails with hostile words at all else. */
const engine = `#!/bin/sh
here=\${0%/*}
case "$1 $2" in
  'image ls') echo sha256:1 ;;
  'image inspect') case $3 in sha256:1 | web:1) cat "$here/engine.json" ;; *) echo 'no such image' >&2; exit 1 ;; esac ;;
  version*) cat "$here/words" ;;
  *) cat "$here/words" >&2; exit 1 ;;
esac
`;

/** A folder of hostile files, hostile in what they are called and in what they hold. */
export function hostileFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hostile-'));
  const write = (name: string, text: string) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  };
  const text = (name: string) => JSON.stringify(hostileName(name));
  const sealed = writeEnvelope({ label: undefined, sealed: seal(Buffer.from('plain\n'), 'word') });
  write('password', 'word\n');
  write(hostileName('sealed'), sealed);
  write(hostileName('list'), hostileName('team/web:1'));
  write('hosts.yaml', JSON.stringify({ all: { vars: { ansible_connection: 'local' }, hosts: inventoryHosts() } }));
  write('brackets.yaml', JSON.stringify({ all: { hosts: { [hostileName('web')]: {} } } }));
  write(
    'hosts.ini',
    `[${hostileName('group').split('\n')[0]}]\n${ini('web')} a=${ini('value')}\n[web]\nx b="${ini('b')}"\n`,
  );
  write('bad.ini', `[web\n${ini('x')} =\n[${ini('group')}:childs]\n`);
  write(hostileName('bad.yaml'), `${text('key')}: [\n  ${ini('raw')} : }\n\t${ini('more')}\n`);
  write('site.yaml', site(folder, text));
  write('out', hostileName('before'));
  write(
    'bad-site.yaml',
    `- hosts: all\n  ${text('key')}: 1\n  tasks:\n    - ${text('resource')}: {}\n    - file: { path: ${text('p')}, state: ${text('s')} }\n    - debug: { msg: "{{ ${ini('x').replaceAll('"', '')} }}" }\n`,
  );
  write('raw-site.yaml', `- hosts: ${ini('all')}\n  name: '${ini('x')}\n`);
  write(`roles/${hostileName('role')}/index.ts`, 'export default {};\n');
  write(
    'config.yml',
    `version: 0.1\nstorage:\n  filesystem: { rootdirectory: ${text('/nowhere')} }\n  ${text('swift')}: {}\nreporting: { ${text('bugsnag')}: ${text('x')} }\n`,
  );
  write('no-config.yml', `a: [${ini('b')}\n`);
  const odd = hostileName('odd');
  const apps = {
    web: { source: `./${odd}`, name: odd, mask: [odd], layout: 'v1' },
    exported: { source: './export', layout: 'v1' },
    chosen: { source: './archive', tags: [odd.slice(0, 100)] },
  };
  write(
    'vendors.yaml',
    JSON.stringify({ vendors: { acme: { to: 'vendor-out', pull_from: 'http://127.0.0.1:1', apps } } }),
  );
  write(
    'bad-vendors.yaml',
    JSON.stringify({
      redirects: odd,
      vendors: { [odd]: { to: `${odd}://`, apps: { [odd]: odd, web: { tags: [`/${odd}(/`] } } } },
    }),
  );
  const exported = `export/web/${'a'.repeat(64)}`;
  write(
    'export/app.json',
    `{"version":1,"images":[],"tags":{${text('latest')}:${text('a')}},"repo-registry-id":${text('web')}}`,
  );
  write(`${exported}/ancestry`, `["${'a'.repeat(64)}"]`);
  write(`${exported}/json`, `{"id":${text('id')}}`);
  write(`${exported}/layer`, hostileName('layer'));
  write(`${exported}/${hostileName('other').replaceAll('/', '')}`, '');
  write('home/.aws/credentials', '[default]\naws_access_key_id = key\naws_secret_access_key = swordfish\n');
  write(
    'lists/ours.yaml',
    `images:\n  - ${text('team/web:1')}\n  - name: ${text('team/web')}\n    ${text('key')}: 1\n`,
  );
  write('lists/plain.txt', `team/web:1\n${ini('team/web:2')}\nteam/web\n`);
  write('lists/all.yaml', 'images:\n  - { name: team/web, include: ["*"] }\n');
  write('lists/heat.yaml', `parameter_defaults:\n  ${text('ContainerImage')}: ${text('R/team/web:1')}\n`);
  write('lists/raw.yaml', `images: [${ini('x')}\n`);
  write('bin/docker', engine);
  chmodSync(join(folder, 'bin/docker'), 0o755);
  const image = { Id: hostileName('id'), RepoTags: [hostileName('team/web')], Size: 1, Created: hostileName('date') };
  write('bin/engine.json', JSON.stringify([image]));
  write('bin/words', hostileName('words'));
  write('archive/oci-layout', '{"imageLayoutVersion":"1.0.0"}');
  write(
    'archive/index.json',
    JSON.stringify({
      schemaVersion: 2,
      manifests: [
        {
          mediaType: hostileName('type'),
          digest: hostileName('sha256:'),
          size: 1,
          annotations: { 'org.opencontainers.image.ref.name': hostileName('web:1') },
        },
      ],
    }),
  );
  write(
    'save/manifest.json',
    JSON.stringify([{ Config: hostileName('c.json'), RepoTags: [hostileName('web:1')], Layers: [hostileName('l')] }]),
  );
  write('home/.ssh/config', 'Host *\n');
  write(`home/.ssh/${hostileName('id')}`, 'no key');
  write(`home/.ssh/${hostileName('id')}.pub`, 'no key');
  chmodSync(join(folder, 'home/.ssh'), 0o700);
  const log = [hostileHeader, ...hostileEvents, hostileReport].map((each) => JSON.stringify(each));
  write('.provision/runs/20260301T120001-123f00.ndjson', `${log.join('\n')}\n`);
  // Whoever opens it waits for somebody to write.
  execFileSync('mkfifo', [join(folder, '.provision/runs/20260301T120004-123f00.ndjson')]);
  const rerun = { ...hostileHeader, site: 'site.yaml', hosts: [hostileName('gone')] };
  write('.provision/runs/20260301T120003-123f00.ndjson', `${JSON.stringify(rerun)}\n`);
  write('.provision/runs/20260301T120002-123f00.ndjson', `${log.slice(0, 4).join('\n')}\n${hostileName('{"event')}`);
  return folder;
}

/** As much of a hostile text as stands in a line. */
function ini(name: string): string {
  return hostileName(name).split('\n')[0] ?? '';
}

function inventoryHosts(): Record<string, Record<string, unknown>> {
  const variable = hostileName('value');
  return {
    [hostileName('web').replaceAll(/[[\]]/g, '')]: {
      [hostileName('variable')]: variable,
      list: [variable],
      map: { [variable]: variable },
    },
    plain: { text: variable, ansible_connection: 'local' },
  };
}

/** A site that prints, fails, changes and shows differences, without leaving the folder. */
function site(folder: string, text: (name: string) => string): string {
  const script = 'printf %s "$1"; printf %s "$1" >&2; exit 3';
  return `- hosts: all
  name: ${text('play')}
  tags: [${text('tag')}]
  vars: { said: ${text('said')} }
  tasks:
    - name: ${text('print')}
      command: { argv: [sh, -c, ${JSON.stringify(script)}, sh, "{{said}}"], always: true }
      tags: [${text('tag')}]
      ignore_errors: true
    - debug: { msg: "{{said}}" }
    - file: { path: ${JSON.stringify(join(folder, 'out'))}, content: "{{said}}", force: true }
    - command: { argv: [sh, -c, ${JSON.stringify(script)}, sh, "{{said}}"], always: true }
`;
}
