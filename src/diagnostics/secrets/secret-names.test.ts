import { expect, test } from 'vitest';
import { isSecretName, maskSecretValues } from './secret-names.js';

test.each([
  ['password: swordfish', 'password: ********'],
  ['  db_password: "sword\\"fish, \\\\"  # comment', '  db_password: ********  # comment'],
  [`pw: { password: 'sword''fish, ', port: 1 }`, 'pw: { password: ********, port: 1 }'],
  ['pw: { password: sword, port: 1 }', 'pw: { password: ********, port: 1 }'],
  ['password: sword, fish} ] and more', 'password: ********'],
  ['password: "sword', 'password: ********'],
  ["password: 'sword", 'password: ********'],
  ['{"secretkey":"sword\\"fish","region":"x"}', '{"secretkey":********,"region":"x"}'],
  ['headers: { Authorization: "Bearer x" }', 'headers: { Authorization: ******** }'],
  ['become_pass=sword fish', 'become_pass=********'],
  ['password: "{{vault_password}}"', 'password: "{{vault_password}}"'],
  ['password: {{vault_password}}', 'password: {{vault_password}}'],
  ['vault_password_file: /etc/x', 'vault_password_file: /etc/x'],
  ['secret: swordfish', 'secret: ********'],
  ['file: { path: /x, secret: true }', 'file: { path: /x, secret: true }'],
  ['user: ada', 'user: ada'],
])('%s is shown as %s', (line, shown) => {
  expect(maskSecretValues(line)).toBe(shown);
});

test('names that say that they are secrets', () => {
  for (const name of ['ansible_become_pass', 'registry_http_secret', 's3_secret_key', 'secretkey', 'sessiontoken'])
    expect(isSecretName(name), name).toBe(true);
  for (const name of ['passenger', 'compass', 'secretary', 'key', 'password_file'])
    expect(isSecretName(name), name).toBe(false);
});
