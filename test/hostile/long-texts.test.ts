import { expect, test } from 'vitest';
import { isClient } from '../../roles/nfs-export/read-clients.js';
import { readExports } from '../../roles/nfs-export/read-exports.js';
import { parseVersion } from '../../roles/registry-setup/instance/distribution-version.js';
import { sudoRefusal } from '../../src/connection/shell/become-command.js';
import { Diagnostics } from '../../src/diagnostics/diagnostic.js';
import { isSecretName, maskSecretValues } from '../../src/diagnostics/secrets/secret-names.js';
import { draftInventory } from '../../src/inventory/read/draft.js';
import { readIniInventory } from '../../src/inventory/read/read-ini.js';
import { splitPattern } from '../../src/inventory/split-pattern.js';
import { parseAddress } from '../../src/registry/address.js';
import { readUnits } from '../../src/registry/admin/gc/systemd-runtime.js';
import { authKey } from '../../src/registry/auth/auth-files.js';
import { answerError } from '../../src/registry/client/wire/answer-error.js';
import { parseImageList } from '../../src/registry/lists/read.js';
import { inputChains } from '../../src/resources/firewall-port/nftables-chains.js';
import { accountsIn } from '../../src/resources/htpasswd/edit.js';
import { jinjaHint } from '../../src/vars/jinja/jinja-hint.js';

/*
 * Texts from outside on which an expression of ours once went back at each character: half a million of them took
 * minutes. Each is given to what reads it, and what comes of it is looked at.
 */
const long = 500_000;

function list(text: string, file = 'list.yaml'): string | undefined {
  const diagnostics = new Diagnostics();
  parseImageList(file, text, {}, diagnostics);
  return diagnostics.all[0]?.message.slice(0, 60);
}

test('an answer of nothing but "<", as a page of a proxy might begin', () => {
  expect(answerError('ask', 'GET', 502, '<'.repeat(long)).message).toMatch(/^could not ask: 502 <<+$/);
  expect(answerError('ask', 'GET', 502, `<html><b>Bad  gateway</b>\n${' '.repeat(long)}`).message).toBe(
    'could not ask: 502 Bad gateway',
  );
});

test('lines of a list of images that are all comments, blanks or colons', () => {
  expect(list(`team/web:1${' #'.repeat(long)}\u2028`, 'list.txt')).toBeUndefined();
  expect(list(`team/web:1${' '.repeat(long)}x`, 'list.txt')).toMatch(/^"team\/web:1 +$/);
  expect(list(`team/web:1 ${'#'.repeat(long)}\u2028\nteam/db:1`)).toBeUndefined();
  expect(list(`quay.io/a: b\n? quay.io/${':/'.repeat(100_000)}\n: a\n`)).toMatch(/^"quay\.io\/:\//);
});

test('lines of an inventory that are all brackets, blanks or number signs', () => {
  const read = (text: string) => {
    const diagnostics = new Diagnostics();
    readIniInventory('hosts', text, draftInventory(), diagnostics);
    return diagnostics.all.map(({ message }) => message.slice(0, 40));
  };
  expect(read(`${'['.repeat(long)}x`)[0]).toMatch(/^host "\[/);
  expect(read(`[all:vars]\na${' '.repeat(long)}b`)).toEqual(['[all:vars]: expected name = value, found']);
  expect(read(`[web]\n[all:children]\nweb${'#'.repeat(long)}\u2028`)).toHaveLength(1);
  expect(splitPattern('['.repeat(long))).toHaveLength(1);
});

test('a line of a file that holds no secret in half a megabyte', () => {
  expect(isSecretName(`${'a_pass'.repeat(long)}!`)).toBe(false);
  for (const line of ['a'.repeat(long), '-a'.repeat(long), `a_pass${' '.repeat(long)}`, 'a_pass '.repeat(long)]) {
    expect(maskSecretValues(line)).toBe(line);
  }
  expect(maskSecretValues(`${'a'.repeat(long)}: 1, my-secret: "x", token_file: y`)).toMatch(
    /: 1, my-secret: \*+, token_file: y$/,
  );
});

test('what a host says, in one line', () => {
  expect(parseVersion(` ${'1'.repeat(long)} x`)).toBeUndefined();
  expect(parseVersion('docker-registry github.com/docker/distribution 2.8.2+ds1\n')).toBe('2.8.2');
  expect(sudoRefusal('user '.repeat(long), 'root', false).message).toMatch(/^no shell as root: /);
  expect(sudoRefusal(`${'x\n'.repeat(long)}sudo: command not found`, 'root', false).message).toBe(
    'there is no sudo on the host',
  );
  expect(readUnits(`Id=a\nExecStart=${'argv[]='.repeat(long)}`)).toHaveLength(1);
  expect(inputChains(`table ${' '.repeat(long)}x`)).toEqual([]);
});

test('files of a host', () => {
  expect([...accountsIn(`ada:${' '.repeat(long)}x`).values()]).toEqual([`${' '.repeat(long)}x`]);
  expect(readExports(`/srv${' '.repeat(long)}a(rw)\u2028`)).toHaveLength(1);
  expect(isClient(':'.repeat(long))).toBe(false);
});

test('names that end in slashes, and others that only hold them', () => {
  expect(authKey(`https://quay.io${'/'.repeat(long)}`)).toBe('quay.io');
  expect(() => parseAddress(`quay.io/${'/'.repeat(long)}x`)).toThrow();
});

test('statements of Jinja that never end', () => {
  expect(jinjaHint('{% a '.repeat(long))).toBeUndefined();
  expect(jinjaHint('{% a '.repeat(300))).toBeUndefined();
  expect(jinjaHint('{% if x %}')).toBe('write {{#if x}} … {{else}} … {{/if}}');
});
