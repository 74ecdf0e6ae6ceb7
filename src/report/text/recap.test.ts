import { expect, test } from 'vitest';
import { recapLines } from './recap.js';

test('a host that the run ended before looked as if nothing had to be done there', () => {
  const none = {
    ok: 0,
    changed: 0,
    kept: 0,
    unknown: 0,
    unreachable: 0,
    failed: 0,
    skipped: 0,
    rescued: 0,
    ignored: 0,
  };
  const hosts = {
    web1: { ...none, failed: 1, seconds: 1.2 },
    web2: { ...none, seconds: 0 },
    web3: { ...none, seconds: 0.4 },
  };
  const report = { report: 1, check: false, exitStatus: 2, seconds: 2, interrupted: false, hosts } as const;
  const [, ...lines] = recapLines(report, (_, text) => text, 60);
  expect(lines).toMatchInlineSnapshot(`
    [
      "web1 : ok=0 changed=0 unreachable=0 failed=1 skipped=0 rescued=0 ignored=0 kept=0 unknown=0 1.2s",
      "web2 : not reached: the run ended before its turn",
      "web3 : ok=0 changed=0 unreachable=0 failed=0 skipped=0 rescued=0 ignored=0 kept=0 unknown=0 0.4s",
      "3 hosts in 2.0s",
    ]
  `);
});
