import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seal } from './cipher.js';
import { writeEnvelope } from './envelope.js';
import { Keyring, PasswordToAsk } from './keyring.js';
import { parseVaultId } from './password-source.js';

const folder = mkdtempSync(join(tmpdir(), 'keyring-'));
const at = (name: string) => join(folder, name);
beforeAll(() => {
  writeFileSync(at('one'), 'first\n');
  writeFileSync(at('two'), 'second\n');
  writeFileSync(at('empty'), '\n');
  writeFileSync(at('pass-client.sh'), `#!/bin/sh\necho asked >> ${at('asked')}\necho "from $2"\n`);
  writeFileSync(at('broken'), '#!/bin/sh\nexit 3\n');
  chmodSync(at('pass-client.sh'), 0o755);
  chmodSync(at('broken'), 0o755);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const vault = (password: string, label?: string) =>
  writeEnvelope({ label, sealed: seal(Buffer.from('swordfish'), password) });
const ring = (...ids: string[]) => new Keyring(ids.map(parseVaultId));
const opened = (keyring: Keyring, text: string) => {
  const result = keyring.open(text);
  return 'bytes' in result ? result.bytes.toString() : `${result.problem} (${result.hint})`.replaceAll(folder, '');
};

describe('the passwords of vaults', () => {
  it('are tried those of the id first, then all others', () => {
    expect(opened(ring(`a@${at('one')}`, `b@${at('two')}`), vault('second', 'b'))).toBe('swordfish');
    expect(opened(ring(`a@${at('one')}`, `b@${at('two')}`), vault('second', 'other'))).toBe('swordfish');
    expect(opened(ring(at('one')), vault('first'))).toBe('swordfish');
  });

  it('that do not open it are named', () => {
    expect(opened(ring(`a@${at('one')}`, at('two')), vault('third', 'b'))).toMatchInlineSnapshot(
      `"encrypted with the id b, and no vault password opens it; tried a (/one), default (/two) (wrong password, or the vault has been damaged)"`,
    );
    expect(opened(ring(), vault('third', 'b'))).toMatchInlineSnapshot(
      `"encrypted with the id b, and there is no vault password (give its password with --vault-password-file FILE, --vault-id ID@FILE or --ask-vault-password)"`,
    );
    expect(opened(ring(at('empty')), vault('third'))).toMatchInlineSnapshot(
      `"encrypted, and no vault password can be had: default (/empty): it gives no password: it is empty (undefined)"`,
    );
    expect(opened(ring(at('nowhere'), at('broken'), folder), vault('third'))).toMatchInlineSnapshot(
      `"encrypted, and no vault password can be had: default (/nowhere): no such file or directory; default (/broken): the script failed: exit status 3; default (): illegal operation on a directory (undefined)"`,
    );
    expect(opened(ring(at('one'), at('broken')), vault('third'))).toMatchInlineSnapshot(
      `"encrypted, and no vault password opens it; tried default (/one), default (/broken) (default (/broken): the script failed: exit status 3)"`,
    );
  });

  it('come from a script, which is run once and told the id', () => {
    const keyring = ring(`prod@${at('pass-client.sh')}`);
    expect(opened(keyring, vault('from prod'))).toBe('swordfish');
    expect(opened(keyring, vault('from prod'))).toBe('swordfish');
    expect(readFileSync(at('asked'), 'utf8')).toBe('asked\n');
  });

  it('are asked for only where no other opens it', () => {
    const keyring = ring('prompt', `a@${at('one')}`);
    expect(opened(keyring, vault('first', 'x'))).toBe('swordfish');
    expect(() => keyring.open(vault('typed', 'x'))).toThrow(PasswordToAsk);
    const [source] = keyring.sources;
    if (source) keyring.give(source, 'typed');
    expect(opened(keyring, vault('typed', 'x'))).toBe('swordfish');
  });
});
