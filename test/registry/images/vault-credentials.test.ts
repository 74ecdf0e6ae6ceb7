import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exampleImage } from '../../../src/registry/archive/write/example-image.js';
import { openRegistry } from '../../../src/registry/client/open.js';
import { provision } from '../../kit/provision.js';
import { type RegistryOfTest, startWith } from '../admin/start-with.js';
import { installed } from '../proxy/start-registry.js';

/* An account of a registry whose password is in a vault: it reaches the registry, and nothing that is printed. */
const password = `canary "of" 'vaults' $x \\`;
const misspelt = 'another canary of vaults';
let folder: string;
let registry: RegistryOfTest;

describe.skipIf(!installed('docker-registry'))('images are synced with an account of a vault', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vault-credentials-'));
    registry = await startWith({ accounts: { pusher: password } });
    write('password', 'of the vault\n');
    writeFileSync(join(folder, 'hello.tar'), exampleImage());
    for (const [name, text] of [
      ['right', password],
      ['wrong', misspelt],
    ] as const) {
      const args = ['vault', 'encrypt-string', '-n', `${name}_password`, '--vault-password-file', 'password'];
      const { stdout } = await provision(args, { cwd: folder, input: text });
      write(`${name}.yaml`, `${stdout}\n`);
    }
    write('site.yaml', siteWith(registry.host));
  });
  afterAll(async () => {
    await registry.close();
    rmSync(folder, { recursive: true });
  });

  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  const siteWith = (host: string) => `
- hosts: localhost
  vars_files: [right.yaml, wrong.yaml]
  roles:
    - role: image-sync
      vars:
        image_sync_archive: hello.tar
        image_sync_local: ${host}
        image_sync_images: [quickstart/hello:1.0]
        image_sync_credentials:
          ${host}: { username: pusher, password: "{{password}}" }
`;
  const run = async (which: string) => {
    const args = [
      'site.yaml',
      '--vault-password-file',
      'password',
      '-vvv',
      '--diff',
      '-e',
      `password={{${which}_password}}`,
    ];
    const { status, stdout, stderr } = await provision(args, { cwd: folder });
    return { status, said: stdout + stderr };
  };

  it('which stays untold, also when the registry refuses it', async () => {
    const refused = await run('wrong');
    expect(refused.status, refused.said).toBe(2);
    const synced = await run('right');
    expect(synced.status, synced.said).toBe(0);
    for (const { said } of [refused, synced]) expect(said).not.toContain('canary');
    const client = openRegistry({ host: registry.host, credentials: async () => ({ username: 'pusher', password }) });
    expect(await client.tags('quickstart/hello')).toEqual(['1.0']);
    await client.close();
  });
});
