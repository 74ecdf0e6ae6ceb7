import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Sshd, sshdHasOwnRunLock, startSshd } from '../kit/connection/sshd.js';
import { provisionJson } from '../kit/provision.js';

let sshd: Sshd;
beforeAll(async () => {
  sshd = await startSshd('ListenAddress 127.0.0.1', 'ListenAddress 127.0.0.5');
});
afterAll(() => sshd?.stop());

/** Runs a site on both addresses of one machine. */
async function run(...options: string[]) {
  const at = (name: string) => join(sshd.folder, name);
  const [key] = sshd.settings().identityFiles;
  writeFileSync(
    at('both'),
    ['127.0.0.1', '127.0.0.5'].map((each) => `[${each}]:${sshd.port} ${sshd.hostKey}\n`).join(''),
  );
  const inventory = `
web:
  vars: {ansible_port: ${sshd.port}, ansible_ssh_private_key_file: ${key}, known_hosts_file: ${at('both')}}
  hosts: {eth0: {ansible_host: 127.0.0.1}, eth1: {ansible_host: 127.0.0.5}}
`;
  writeFileSync(at('inventory.yaml'), inventory);
  writeFileSync(at('site.yaml'), '- {hosts: web, tasks: [{command: {cmd: sleep 1, always: true}}]}\n');
  const { report, events, tasks } = await provisionJson(['site.yaml', ...options], { cwd: sshd.folder });
  const failed = events.flatMap((event) => (event.event === 'host-failed' ? [event.message] : []));
  return { status: report.exitStatus, failed, tasks: tasks.length };
}

/** A machine without an id is not known for one. */
const isKnown = existsSync('/etc/machine-id') && /^(?!0+$)[\da-f]{32}$/m.test(readFileSync('/etc/machine-id', 'utf8'));

test('both addresses of a machine were worked on as two hosts in check mode', async () => {
  const message = /^eth[01] and eth[01] are one machine: this run already works on it as eth[01]$/;
  expect(await run('--check')).toEqual(
    isKnown ? { status: 2, failed: [expect.stringMatching(message)], tasks: 1 } : { status: 0, failed: [], tasks: 2 },
  );
});

test.runIf(sshdHasOwnRunLock)('the second was told that another run had the lock, which was this one', async () => {
  const { status, failed, tasks } = await run();
  expect({ status, tasks }).toEqual({ status: 2, tasks: 1 });
  expect(failed).toEqual([expect.stringMatching(/^eth[01] and eth[01] are one machine/)]);
});
