import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommand } from '../admin/run-command.js';
import { type RegistryOfTest, startWith } from '../admin/start-with.js';
import { installed } from '../proxy/start-registry.js';

const there = installed('docker-registry');
if (!there) console.log('left out: docker-registry is not installed');

describe.skipIf(!there)('login', () => {
  let server: RegistryOfTest;
  let home: string;
  let authfile: string;
  beforeAll(async () => {
    server = await startWith({ accounts: { alice: 'a secret' } });
    home = mkdtempSync(join(tmpdir(), 'provision-login-'));
    authfile = join(home, 'new/config.json');
  });
  afterAll(async () => {
    await server?.close();
    if (home !== undefined) rmSync(home, { recursive: true });
  });
  const login = async (password: string, host = server.host) => {
    process.env.PROVISION_REGISTRY_PASSWORD = password;
    const ended = await runCommand('login', host, '-u', 'alice', '--authfile', authfile);
    expect(process.env.PROVISION_REGISTRY_PASSWORD).toBeUndefined();
    return ended;
  };

  test('a wrong password is refused and not kept', async () => {
    const { status, stderr } = await login('another');
    expect(status).toBe(2);
    expect(stderr.replace(server.host, 'HOST')).toMatchInlineSnapshot(`
      "error: could not reach the registry HOST: 401 UNAUTHORIZED: authentication required
        log in with \`provision registry login\`, or give credentials for it
      "
    `);
    expect(existsSync(authfile)).toBe(false);
  });

  test('the right one is kept, used, and forgotten', async () => {
    expect(await login('a secret')).toMatchObject({
      status: 0,
      stdout: `alice at ${server.host}: stored in ${authfile}\n`,
    });
    expect(JSON.parse(readFileSync(authfile, 'utf8'))).toEqual({
      auths: { [server.host]: { auth: Buffer.from('alice:a secret').toString('base64') } },
    });
    expect((await runCommand('ls', server.host, '--authfile', authfile)).status).toBe(0);
    const out = await runCommand('logout', server.host, '--authfile', authfile);
    expect(out.stdout).toBe(`the account for ${server.host} was deleted from ${authfile}\n`);
    const { status, stderr } = await runCommand('ls', server.host, '--authfile', authfile);
    expect(status).toBe(2);
    expect(stderr.replaceAll(server.host, 'HOST')).toMatchInlineSnapshot(`
      "error: could not list the repositories of HOST: 401 UNAUTHORIZED: authentication required
        log in with \`provision registry login\`, or give credentials for it
      "
    `);
  });

  test('an account given for one command', async () => {
    process.env.PROVISION_REGISTRY_PASSWORD = 'a secret';
    const { status } = await runCommand('ping', server.host, '--creds', 'alice');
    expect(status).toBe(0);
  });

  test('a registry that asks for no account: kept, and said', async () => {
    const open = await startWith();
    try {
      const { status, stdout } = await login('whatever', open.host);
      expect(status).toBe(0);
      expect(stdout).toContain(`note: ${open.host} needs no account, so this one was not checked`);
    } finally {
      await open.close();
    }
  });
});
