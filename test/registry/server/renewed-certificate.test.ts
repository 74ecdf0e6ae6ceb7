import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, expect, test, vi } from 'vitest';
import { ensureAuthority } from '../../../src/pki/authority.js';
import { issueCertificate } from '../../../src/pki/issue-certificate.js';
import { makeKey, publicKeyOf } from '../../../src/pki/keys.js';
import { serveRegistry } from '../../../src/registry/server/serve.js';

const scratch = mkdtempSync(join(tmpdir(), 'served-'));
afterAll(() => rmSync(scratch, { recursive: true }));
const at = (name: string) => join(scratch, name);

test('the embedded registry serves a renewed certificate without a restart, and no half of one', async () => {
  const authority = await ensureAuthority(at('ca'), 'ecdsa');
  const replace = (name: string, text: string) => {
    writeFileSync(at('new'), text);
    renameSync(at('new'), at(name));
  };
  const issue = async (key: string) => {
    const request = { publicKey: publicKeyOf(key), names: ['localhost'], days: 10 };
    return issueCertificate(authority, request);
  };
  const keys = [await makeKey('ecdsa'), await makeKey('ecdsa')] as const;
  replace('key', keys[0]);
  replace('cert', await issue(keys[0]));
  const registry = await serveRegistry({ dir: at('images'), tls: { cert: at('cert'), key: at('key') } });
  const serial = () =>
    new Promise<string>((resolve, reject) => {
      const socket = connect(
        { port: registry.port, host: '127.0.0.1', servername: 'localhost', ca: authority.pem },
        () => {
          resolve(socket.getPeerCertificate().serialNumber);
          socket.destroy();
        },
      ).on('error', reject);
    });
  const first = await serial();
  replace('key', keys[1]);
  await new Promise((resolve) => setTimeout(resolve, 2500));
  expect(await serial()).toBe(first);
  replace('cert', await issue(keys[1]));
  await vi.waitFor(async () => expect(await serial()).not.toBe(first), { timeout: 10_000, interval: 200 });
  await registry.close(0);
});
