import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { HostKeyCheck } from './host-key-check.js';
import { judgeKey, keyType } from './known-hosts.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'known-hosts-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function keyOf(type: string, length = type.length): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(length);
  return Buffer.concat([head, Buffer.from(type, 'latin1'), Buffer.from('rest')]);
}

it('reads the type of a key that is none; of one shorter than four bytes it threw a RangeError', () => {
  const none = [
    Buffer.alloc(0),
    Buffer.from([0, 0, 1]),
    keyOf('ssh-ed25519', 0xffffffff),
    keyOf('ssh-rsa\n* ssh-rsa AAAA'),
    keyOf('a b'),
    keyOf('x'.repeat(65)),
  ];
  expect(none.map(keyType)).toEqual(none.map(() => '?'));
  for (const key of none) expect(judgeKey([], key)).toEqual({ verdict: 'unknown' });
  expect(keyType(keyOf('sk-ssh-ed25519@openssh.com'))).toBe('sk-ssh-ed25519@openssh.com');
});

it('accepts no new key for a name that means other hosts in known_hosts', () => {
  const file = join(folder, 'known_hosts');
  const checkOf = (host: string, port = 22) =>
    new HostKeyCheck(
      {
        host,
        port,
        keyAlias: undefined,
        knownHostsFiles: [file],
        strictHostKeyChecking: undefined,
        revokedHostKeys: undefined,
        unused: { login: [], hostKey: [] },
      },
      true,
    );
  const names = ['*', 'web?', 'web1,db1', '!web1', '@revoked', '#web1'];
  for (const name of names) {
    const check = checkOf(name);
    expect([check.accepts(keyOf('ssh-ed25519')), check.refusal?.message]).toEqual([
      false,
      expect.stringContaining('would match other hosts too'),
    ]);
    check.addAccepted();
  }
  for (const check of [checkOf('web1'), checkOf('fe80::1%eth0', 2222)]) {
    expect(check.accepts(keyOf('ssh-ed25519'))).toBe(true);
    check.addAccepted();
  }
  const lines = readFileSync(file, 'utf8').split('\n');
  expect(lines.map((line) => line.split(' ')[0])).toEqual(['web1', '[fe80::1%eth0]:2222', '']);
});
