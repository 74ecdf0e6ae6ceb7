import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

/*
 * A RegExp backtracks: some expressions take years for a short text. Those that people write, or that come from a list
 * or a host, go through src/patterns/expression.ts. Left are files that build a RegExp of words of our own.
 */
const ofOwnWords: Readonly<Record<string, string>> = {
  'roles/docker-config/credentials.ts': 'the constant above them',
  'roles/nfs-export/read-clients.ts': 'the constants above it',
  'roles/registry-setup/tls/served-certificate.ts': 'a word of its own probe',
  'src/diagnostics/printable-json.ts': 'the constants of printable.ts',
  'src/diagnostics/printable.ts': 'the constants above it',
  'src/diagnostics/reason.ts': 'the code of a system call, as node has it',
  'src/diagnostics/secrets/secret-names.ts': 'the constants above it',
  'src/inventory/read/python-literal.ts': 'the constants above it',
  'src/model/login-names.ts': 'literals of its own',
  'src/publish/crane/search/answer-search.ts': 'no expression: a search by a backend',
  'src/registry/client/wire/quota.ts': 'names of parameters that it asks for itself',
  'src/registry/media-types.ts': 'the constants above it',
  'src/registry/names.ts': 'the constants above it',
  'src/resources/embedded/embedded-probe.ts': 'a word of its own probe',
  'src/resources/engines/containerd-text.ts': 'names of plugins and tables that the resource has',
  'src/resources/engines/registries/registries-beside.ts': 'names of tables that the resource has',
  'src/resources/engines/registries/registries-text.ts': 'names of settings that the resource has',
  'src/resources/engines/sysconfig-text.ts': 'names of variables that the resource has',
  'src/resources/mounts/mount-state.ts': 'a word of its own probe',
  'src/resources/mounts/storage-preflight/storage-probe.ts': 'a word of its own probe',
  'src/resources/packages/rpm-based.ts': 'a word of its own probe',
  'src/resources/services/systemd.ts': 'names of properties that the resource asks for',
  'src/service/access/accounts/account-names.ts': 'the constant above them',
  'src/service/access/directories/ldap/ldap-connection.ts': 'no expression: a search of LDAP',
  'src/site/modules/module-source.ts': 'a word of a role of the user, escaped, between two looks at one character',
};

/** An expression made at run time: by name, or out of a text that `match` and its like take. */
const building = /\bRegExp\(|\.(?:match|matchAll|search)\((?!\s*\/)/;

test('text from outside never becomes a RegExp, which may hang', () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const sources = ['src', 'roles'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
      .map((path) => join(folder, path)),
  );
  const found = sources.filter((path) => building.test(readFileSync(join(root, path), 'utf8')));
  expect(found.sort()).toEqual(Object.keys(ofOwnWords));
});
