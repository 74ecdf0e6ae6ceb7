import { describe, expect, it } from 'vitest';
import { Diagnostics } from '../../diagnostics/diagnostic.js';
import { parseYaml } from '../../diagnostics/yaml/yaml-file.js';
import { Data } from '../template/template-value.js';
import { seal } from './cipher.js';
import { writeEnvelope } from './envelope.js';
import { Keyring } from './keyring.js';
import type { PasswordSource } from './password-source.js';
import { yamlVault } from './yaml-vault.js';

const sealed = (text: string, password = 'pw') =>
  writeEnvelope({ label: undefined, sealed: seal(Buffer.from(text), password, Buffer.alloc(32)) });
const inline = (text: string, indent = '  ') => `!vault |\n${sealed(text).replace(/^(?=.)/gm, indent)}`;

function read(text: string) {
  const source: PasswordSource = { label: 'default', from: 'prompt' };
  const keyring = new Keyring([source]);
  keyring.give(source, 'pw');
  const kept: string[] = [];
  const diagnostics = new Diagnostics();
  const yaml = parseYaml(
    'v.yaml',
    text,
    diagnostics,
    yamlVault(keyring, (secret) => kept.push(secret)),
  );
  const told = diagnostics.all.map(({ message, place }) => `${place?.line}:${place?.column} ${message}`);
  return { value: yaml?.value, kept, told, placeOf: yaml?.placeOf };
}

describe('encrypted YAML', () => {
  it('is text where a value is encrypted, whatever it looks like', () => {
    const { value, kept, told } = read(
      `a: ${inline('swordfish')}b:\n  - c: ${inline('42', '      ')}  - ${inline('true', '    ')}d: 1\n`,
    );
    expect(told).toEqual([]);
    expect(value).toEqual({ a: 'swordfish', b: [{ c: '42' }, 'true'], d: 1 });
    expect(kept).toEqual(['swordfish', '42', 'true']);
  });

  it('is taken as it is where it has the signs of a template', () => {
    expect(read(`a: ${inline('x{{y}}')}`).value).toEqual({ a: new Data('x{{y}}') });
  });

  it('may be repeated by an alias, and tagged as older versions did', () => {
    const text = `a: ${inline('swordfish').replace('!vault', '&x !vault-encrypted')}b: *x\n`;
    expect(read(text).value).toEqual({ a: 'swordfish', b: 'swordfish' });
  });

  it('is a file as a whole: values keep their types, templates are templates', () => {
    const { value, kept, told, placeOf } = read(sealed('a: swordfish\nb: [1234, true, "x{{a}}"]\n'));
    expect(told).toEqual([]);
    expect(value).toEqual({ a: 'swordfish', b: [1234, true, 'x{{a}}'] });
    expect(kept).toEqual([]);
    expect(placeOf?.(['b'])).toMatchObject({ line: 2, column: 4 });
  });

  it.each([
    [
      `a: 1\nb: ${sealed('x', 'other')
        .replace(/^/, '!vault |\n')
        .replace(/^(?=.)/gm, '  ')
        .trim()}\n`,
      '2:11 the value is encrypted, and no vault password opens it; tried default (asked for)',
    ],
    [sealed('x', 'other'), '1:1 the file is encrypted, and no vault password opens it; tried default (asked for)'],
    ['a: !vault secret\n', '1:11 the value is marked !vault, but not encrypted'],
    [
      'a:\n  b: !vault |\n\n    $ANSIBLE_VAULT;1.1;AES256\n    30\n    3g\n',
      `6:6 the value is a vault that cannot be read: a vault's text is hex, found "g"`,
    ],
    [
      '$ANSIBLE_VAULT;1.1;AES256\n30\n3g\n',
      `3:2 the file is a vault that cannot be read: a vault's text is hex, found "g"`,
    ],
    ['!vault x: 1\n', '1:8 a key cannot be encrypted, only its value'],
    ['a: !vault [1]\n', '1:4 YAML: unresolved tag: !vault'],
  ])('that is wrong is told with its place: %j', (text, told) => {
    const result = read(text);
    expect(result.told).toEqual([told]);
    expect(result.value).toBeUndefined();
  });
});

describe('a file that is encrypted as a whole', () => {
  it.each([
    ['db_host: web1', []],
    ['db_user: registry', []],
    ['environment: production\nregion: eu-central-1\nport: 5432\nip: 10.0.0.17/24\ndebug: true', []],
    ['path: /srv/registry/data\nurl: https://registry.example.com:5000/v2/\nlocale: en_US.UTF-8', []],
    ['title: The registry of our team', []],
    ['db_password: web1', ['web1']],
    ['pins: {smtp_pw: 1234, api_key: abc}', ['1234', 'abc']],
    ['tls: {private: [one, two]}', ['one', 'two']],
    ['a: xK7pQ2vR9sT4', ['xK7pQ2vR9sT4']],
    ['a: correcthorsebatterystaple', ['correcthorsebatterystaple']],
    ['a: 0f1e2d3c4b5a69788796a5b4c3d2e1f0', ['0f1e2d3c4b5a69788796a5b4c3d2e1f0']],
    ['a: hunter2!', ['hunter2!']],
    ['a: postgres://app:open@db.example.com/app', ['postgres://app:open@db.example.com/app']],
    ['a: 123456789', ['123456789']],
    ['db_password: "{{other}}"', []],
  ])('has of %j the secrets %j', (text, secrets) => {
    expect(read(sealed(`${text}\n`)).kept).toEqual(secrets);
  });

  it('has the secrets that are marked in it as well', () => {
    expect(read(sealed(`db_host: ${inline('web1')}`)).kept).toEqual(['web1']);
  });
});
