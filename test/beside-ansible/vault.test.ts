import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa, execaSync } from 'execa';
import { afterAll, describe, expect, it } from 'vitest';
import { Diagnostics } from '../../src/diagnostics/diagnostic.js';
import { readYaml } from '../../src/diagnostics/yaml/yaml-file.js';
import { seal } from '../../src/vars/vault/cipher.js';
import { writeEnvelope } from '../../src/vars/vault/envelope.js';
import { Keyring } from '../../src/vars/vault/keyring.js';
import { parseVaultId } from '../../src/vars/vault/password-source.js';
import { yamlVault } from '../../src/vars/vault/yaml-vault.js';
import { provision } from '../kit/provision.js';

/* What `ansible-vault` writes is read here, and the other way about. */

const version = execaSync('ansible-vault', ['--version'], { reject: false }).stdout ?? '';
const required = process.env.PROVISION_REQUIRE_LAB === '1';
if (version === '') console.warn('ansible-vault is not installed (ansible-core): it is not compared with');

const folder = mkdtempSync(join(tmpdir(), 'ansible-vault-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);
const write = (name: string, text: string | Uint8Array) => writeFileSync(at(name), text);
const ansible = (args: readonly string[], input = '') =>
  execa('ansible-vault', args, { cwd: folder, input, env: { HOME: folder }, stripFinalNewline: false });

write('one', 'päss word 1\n');
write('two', '  second  \n\n');
const ids = ['--vault-id', 'a@one', '--vault-id', 'b@two'];
const keyring = () => new Keyring([`a@${at('one')}`, `b@${at('two')}`].map(parseVaultId));

const texts = {
  empty: '',
  short: 'x',
  'a block': 'sixteen letters!',
  unicode: 'pässwörd – 鍵\n',
  'a template': '{{ nothing }} {% raw %}',
  long: 'swordfish\n'.repeat(500),
};

/** Both formats of an envelope, and which password is used for each. */
const formats = [
  { format: '1.1', label: undefined, given: ['--vault-password-file', 'one'], password: 'päss word 1' },
  { format: '1.2', label: 'b', given: ['--vault-id', 'b@two'], password: 'second' },
];

describe.skipIf(version === '' && !required)('beside ansible-vault', () => {
  // Each text is a file, and all are given at once: it takes a second to start.
  it.each(formats)('reads what it wrote, and is read by it: $format', async ({ label, given, password }) => {
    for (const [name, text] of Object.entries(texts)) write(name, text);
    await ansible(['encrypt', ...given, ...Object.keys(texts)]);
    for (const [name, text] of Object.entries(texts)) {
      const plain = Buffer.from(text);
      expect(keyring().open(readFileSync(at(name), 'utf8')), name).toMatchObject({ bytes: plain, label });
      write(name, writeEnvelope({ label, sealed: seal(plain, password) }));
    }
    await ansible(['decrypt', ...given, ...Object.keys(texts)]);
    const read = Object.keys(texts).map((name) => [name, readFileSync(at(name), 'utf8')]);
    expect(Object.fromEntries(read)).toEqual(texts);
  });

  it('writes the same, byte for byte, for the same salt', async () => {
    write('salted', 'swordfish');
    await ansible(['encrypt', ...ids, '--encrypt-vault-id', 'b', 'salted']);
    const written = readFileSync(at('salted'), 'utf8');
    const hex = written.split('\n').slice(1).join('');
    const salt = Buffer.from(Buffer.from(hex, 'hex').toString().split('\n')[0] ?? '', 'hex');
    expect(writeEnvelope({ label: 'b', sealed: seal(Buffer.from('swordfish'), 'second', salt) })).toBe(written);
  });

  it('reads values that encrypt_string wrote, of several ids', async () => {
    const options = [...ids, '--encrypt-vault-id', 'a', '--stdin-name', 'first'];
    const first = await ansible(['encrypt_string', ...options], 'sword{{fish}}');
    const second = await ansible(['encrypt_string', '--vault-password-file', 'two', '--name', 'second', '12']);
    write('values.yaml', `${first.stdout.trimEnd()}\n${second.stdout.trimEnd()}\nthird: [1]\n`);
    const diagnostics = new Diagnostics();
    const read = readYaml(
      at('values.yaml'),
      diagnostics,
      yamlVault(keyring(), () => {}),
    );
    expect(diagnostics.all).toEqual([]);
    expect(read?.value).toEqual({ first: { value: 'sword{{fish}}' }, second: '12', third: [1] });
  });

  it('is read by it: what our commands encrypt, print, and give another password', async () => {
    const ours = (args: readonly string[], input?: string) =>
      provision(['vault', ...args], { cwd: folder, ...(input === undefined ? {} : { input }) });
    write('file.yaml', 'a: swordfish\n');
    expect(await ours(['encrypt', 'file.yaml', '--vault-id', 'a@one'])).toMatchObject({ status: 0 });
    expect((await ansible(['view', ...ids, 'file.yaml'])).stdout.trim()).toBe('a: swordfish');
    expect(await ours(['rekey', 'file.yaml', ...ids, '--new-vault-id', 'b@two'])).toMatchObject({ status: 0 });
    expect((await ansible(['view', '--vault-id', 'b@two', 'file.yaml'])).stdout.trim()).toBe('a: swordfish');
    await ansible(['rekey', ...ids, '--new-vault-id', 'a@one', 'file.yaml']);
    expect(await ours(['decrypt', 'file.yaml', ...ids])).toMatchObject({ status: 0 });
    expect(readFileSync(at('file.yaml'), 'utf8')).toBe('a: swordfish\n');
    const { stdout } = await ours(['encrypt-string', '--name', 'pw', '--vault-password-file', 'one'], 'swordfish');
    write('vars.yaml', `${stdout}\n`);
    const said = await execa(
      'ansible',
      [
        'localhost',
        '-i',
        'localhost,',
        '-c',
        'local',
        '-m',
        'debug',
        '-a',
        'msg={{pw}}',
        '-e',
        '@vars.yaml',
        '--vault-password-file',
        'one',
      ],
      { cwd: folder, env: { HOME: folder } },
    );
    expect(said.stdout).toContain('"msg": "swordfish"');
  });
});
