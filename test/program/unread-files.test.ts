import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { publicHalf, readKeyFile } from '../../src/connection/ssh/keys/key-file.js';
import { isRevoked } from '../../src/connection/ssh/keys/revoked-keys.js';
import { printDiagnostics } from '../../src/diagnostics/print.js';
import { readFirstLine, readLastLine, readLines } from '../../src/diagnostics/read-lines.js';
import { readAuthority } from '../../src/pki/authority.js';
import { Journal } from '../../src/registry/copy/journal.js';
import { tlsServer } from '../../src/registry/server/tls-server.js';
import { schemaOneImages } from '../../src/registry/upgrade/schema-one.js';
import { file } from '../../src/resources/files/file.js';
import { template } from '../../src/resources/files/template.js';
import { readPassword } from '../../src/vars/vault/password-source.js';
import { check } from '../kit/converge-locally.js';
import { provision } from '../kit/provision.js';

let folder = '';
const at = (name: string) => join(folder, name);

/** A pipe that nobody writes to, a device that never ends, and a file of 3 GB that takes no room. */
const traps = ['pipe', 'endless', 'vast'] as const;
const paths = () => traps.map((name) => (name === 'endless' ? '/dev/zero' : at(name)));

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'unread-'));
  execFileSync('mkfifo', [at('pipe')]);
  writeFileSync(at('vast'), '');
  truncateSync(at('vast'), 3_000_000_000);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Returns what a reader says of each of the traps, in order; paths are the traps' names. */
async function saidOf(read: (path: string) => unknown): Promise<string[]> {
  const said: string[] = [];
  for (const path of paths()) {
    const words = await Promise.resolve()
      .then(() => read(path))
      .then(JSON.stringify, (error: Error) => error.message);
    said.push(String(words).replaceAll(folder, ''));
  }
  return said;
}

test('files that never end, or are far too large, were waited for or read whole', async () => {
  const authority = (path: string) => {
    const place = at(`ca-${basename(path)}`);
    mkdirSync(place, { recursive: true });
    execFileSync('ln', ['-sf', path, join(place, 'ca.crt')]);
    return readAuthority(place);
  };
  const host = (path: string) => ({ files: { file: () => path, template: () => path } });
  const said = {
    key: await saidOf((path) => readKeyFile(path)),
    'public half': await saidOf((path) => publicHalf(path)),
    'revoked keys': await saidOf((path) => isRevoked(path, Buffer.from('key'))),
    'a line of a mistake': await saidOf((path) =>
      printDiagnostics([{ code: 'yaml', message: 'wrong', place: { file: path, line: 1, column: 1 } }], {
        color: false,
        cwd: folder,
      }).replaceAll(path, 'FILE'),
    ),
    authority: await saidOf(authority),
    journal: await saidOf(
      (path) => path.endsWith('vast') || new Journal(path).repositories(`sha256:${'0'.repeat(64)}`),
    ),
    tls: await saidOf((path) =>
      tlsServer(
        { cert: path, key: path },
        {},
        () => {},
        () => {},
      ),
    ),
    template: await saidOf((path) => check(template({ src: 'x', dest: '/nowhere/x' }), host(path))),
    'template of a role': await saidOf((path) => check(template({ src: path, dest: '/nowhere/x' }), host(path))),
  };
  expect(said).toMatchInlineSnapshot(`
    {
      "a line of a mistake": [
        ""pipe:1:1 error wrong\\n\\n1 error; no host was contacted\\n"",
        ""FILE:1:1 error wrong\\n\\n1 error; no host was contacted\\n"",
        ""vast:1:1 error wrong\\n\\n1 error; no host was contacted\\n"",
      ],
      "authority": [
        "cannot read /ca-pipe/ca.crt: it is no regular file",
        "cannot read /ca-zero/ca.crt: it is no regular file",
        "cannot read /ca-vast/ca.crt: it has more than 1 MiB: split it",
      ],
      "journal": [
        "it is no regular file",
        "it is no regular file",
        "true",
      ],
      "key": [
        "{"is":"unusable","why":"cannot be read (it is a named pipe, which may never end: give a file, or <(…))"}",
        "{"is":"unusable","why":"cannot be read (it has more than 1 MiB: split it)"}",
        "{"is":"unusable","why":"cannot be read (it has more than 1 MiB: split it)"}",
      ],
      "public half": [
        "undefined",
        "undefined",
        "undefined",
      ],
      "revoked keys": [
        "the list of revoked host keys /pipe cannot be read (it is a named pipe, which may never end: give a file, or <(…)), so that no host key can be trusted",
        "the list of revoked host keys /dev/zero cannot be read (it has more than 16 MiB: split it), so that no host key can be trusted",
        "the list of revoked host keys /vast cannot be read (it has more than 16 MiB: split it), so that no host key can be trusted",
      ],
      "template": [
        "{"verdict":"refused","message":"/pipe is no regular file","always":true}",
        "{"verdict":"refused","message":"/dev/zero is no regular file","always":true}",
        "{"verdict":"refused","message":"cannot read /vast: it has more than 16 MiB: split it","always":true}",
      ],
      "template of a role": [
        "{"verdict":"refused","message":"/pipe is no regular file","always":true}",
        "{"verdict":"refused","message":"/dev/zero is no regular file","always":true}",
        "{"verdict":"refused","message":"cannot read /vast: it has more than 16 MiB: split it","always":true}",
      ],
      "tls": [
        "/pipe is not there, or no file of at most 1048576 bytes",
        "/dev/zero is not there, or no file of at most 1048576 bytes",
        "/vast is not there, or no file of at most 1048576 bytes",
      ],
    }
  `);
  const sent = await saidOf((path) =>
    path.endsWith('vast') ? '' : check(file({ src: 'x', path: '/nowhere/x' }), host(path)),
  );
  expect(sent).toMatchInlineSnapshot(`
    [
      "{"verdict":"refused","message":"/pipe is no regular file","always":true}",
      "{"verdict":"refused","message":"/dev/zero is no regular file","always":true}",
      """",
    ]
  `);
  const password = await saidOf((path) =>
    path.endsWith('pipe') ? '' : readPassword({ label: 'default', from: 'file', path }),
  );
  expect(password).toMatchInlineSnapshot(`
    [
      """",
      "it has more than 64 KiB: split it",
      "it has more than 64 KiB: split it",
    ]
  `);
});

test('an upgrade is planned by a configuration and a storage that are none', async () => {
  const plan = async (path: string) => {
    const { status, stderr } = await provision(['registry', 'upgrade-plan', path], { cwd: folder });
    return [status, stderr];
  };
  writeFileSync(at('deep.yml'), `storage: ${'['.repeat(100_000)}`);
  writeFileSync(at('wide.yml'), `storage: {}\n${'a: 1\n'.repeat(60_000)}`);
  const said: unknown[] = [];
  for (const path of [...paths(), at('deep.yml'), at('wide.yml')]) said.push(await plan(path));
  expect(JSON.parse(JSON.stringify(said).replaceAll(folder, ''))).toMatchInlineSnapshot(`
    [
      [
        1,
        "error: cannot read /pipe: it is a named pipe, which may never end: give a file, or <(…)",
      ],
      [
        1,
        "error: cannot read /dev/zero: it has more than 256 KiB: split it",
      ],
      [
        1,
        "error: cannot read /vast: it has more than 256 KiB: split it",
      ],
      [
        1,
        "error: cannot read /deep.yml: lists and maps are nested more than 100 deep",
      ],
      [
        1,
        "error: cannot read /wide.yml: it has more than 256 KiB: split it",
      ],
    ]
  `);

  const hex = 'a'.repeat(64);
  const revision = at(`docker/registry/v2/repositories/team/web/_manifests/revisions/sha256/${hex}`);
  const blob = at(`docker/registry/v2/blobs/sha256/aa/${hex}`);
  for (const path of [revision, blob]) mkdirSync(path, { recursive: true });
  execFileSync('ln', ['-s', at('pipe'), join(revision, 'link')]);
  expect(await schemaOneImages(folder)).toEqual([]);
  rmSync(join(revision, 'link'));
  writeFileSync(join(revision, 'link'), `sha256:${hex}`);
  execFileSync('ln', ['-s', '/dev/zero', join(blob, 'data')]);
  expect(await schemaOneImages(folder)).toEqual([]);
  rmSync(join(blob, 'data'));
  writeFileSync(join(blob, 'data'), '{"schemaVersion": 1}');
  expect(await schemaOneImages(folder)).toEqual([`team/web@sha256:${hex}`]);
});

test('the lines of a log are read one by one, and one without end is left out', () => {
  const log = at('log');
  const lines = ['first', 'ü'.repeat(50_000), '', 'x'.repeat(200_000), 'last ü'];
  writeFileSync(log, `${lines.join('\n')}\n`);
  expect([...readLines(log)]).toEqual(lines);
  expect([readFirstLine(log), readLastLine(log)]).toEqual(['first', 'last ü']);
  appendFileSync(log, 'cut off');
  expect([[...readLines(log)].at(-1), readLastLine(log)]).toEqual(['cut off', 'cut off']);
  appendFileSync(log, `${'y'.repeat(17 * 1024 * 1024)}`);
  expect([[...readLines(log)], readLastLine(log)]).toEqual([lines, '']);
  appendFileSync(log, '\nafter\n');
  expect([[...readLines(log)], readLastLine(log)]).toEqual([[...lines, 'after'], 'after']);
  writeFileSync(log, '');
  expect([[...readLines(log)], readFirstLine(log), readLastLine(log)]).toEqual([[], '', '']);
  writeFileSync(log, 'alone');
  expect([[...readLines(log)], readFirstLine(log), readLastLine(log)]).toEqual([['alone'], 'alone', 'alone']);
  expect(() => readFirstLine(at('pipe'))).toThrow('it is no regular file');
});
