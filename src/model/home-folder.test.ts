import { userInfo } from 'node:os';
import { isAbsolute } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { authFilePlaces, dockerConfigPath } from '../registry/auth/auth-files.js';
import { trustFolders } from '../registry/auth/trust-folders.js';
import { journalPath } from '../registry/copy/journal.js';
import { parseVaultId, readPassword } from '../vars/vault/password-source.js';
import { folderIn, homeFolder } from './home-folder.js';

afterEach(() => vi.unstubAllEnvs());

test.each([
  '',
  '.',
  'home',
  undefined,
])('with the home folder %j, files of the working folder were taken for the user’s own', (home) => {
  vi.stubEnv('HOME', home);
  const env = { HOME: home, XDG_CONFIG_HOME: home, XDG_RUNTIME_DIR: home, XDG_STATE_HOME: home };
  const own = userInfo().homedir;
  expect(homeFolder()).toBe(own);
  expect(authFilePlaces(env).map(({ path }) => path)).toEqual([
    `${own}/.config/containers/auth.json`,
    `${own}/.docker/config.json`,
    `${own}/.dockercfg`,
  ]);
  expect(dockerConfigPath(env)).toBe(`${own}/.docker/config.json`);
  expect(trustFolders().every(isAbsolute)).toBe(true);
  expect(journalPath('registry:5000', env)).toContain(`${own}/.local/state/provision/`);
  const source = parseVaultId('~/no-such-password');
  expect(() => source.from === 'file' && readPassword(source)).toThrow(`${own}/no-such-password`);
});

test('an absolute path is taken', () => {
  expect(homeFolder({ HOME: '/home/me' })).toBe('/home/me');
  expect(folderIn({ XDG_STATE_HOME: '/state' }, 'XDG_STATE_HOME')).toBe('/state');
});
