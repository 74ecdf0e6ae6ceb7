import { expect, test } from 'vitest';
import { recapLines } from './recap.js';

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
const plain = (_: string, text: string) => text;

test('a host that the run ended before looked as if nothing had to be done there', () => {
  const hosts = {
    web1: { ...none, failed: 1, seconds: 1.2 },
    web2: { ...none, seconds: 0 },
    web3: { ...none, seconds: 0.4 },
  };
  const report = { report: 1, check: false, exitStatus: 2, seconds: 2, interrupted: false, hosts } as const;
  const [, ...lines] = recapLines(report, plain, 60);
  expect(lines).toMatchInlineSnapshot(`
    [
      "web1 : ok=0    changed=0    failed=1    1.2s",
      "web2 : not reached: the run ended before its turn",
      "web3 : ok=0    changed=0    failed=0    0.4s",
      "3 hosts in 2.0s",
    ]
  `);
});

test('on a terminal of 80 columns a row of zeros was broken in two', () => {
  const hosts = {
    'registry1.example.com': { ...none, ok: 12, changed: 3, kept: 1, seconds: 10.8 },
    client1: { ...none, ok: 140, seconds: 2 },
  };
  const report = { report: 1, check: false, exitStatus: 0, seconds: 11, interrupted: false, hosts } as const;
  const at = (width: number | undefined) => recapLines(report, plain, width).slice(1);
  expect(at(80)).toMatchInlineSnapshot(`
    [
      "client1                    : ok=140  changed=0    kept=0    2.0s",
      "registry1.example.com      : ok=12   changed=3    kept=1    10.8s",
      "2 hosts in 11.0s",
    ]
  `);
  expect(at(50)).toMatchInlineSnapshot(`
    [
      "client1 : ok=140 changed=0 kept=0 2.0s",
      "registry1.example.com : ok=12 changed=3 kept=1 10.8s",
      "2 hosts in 11.0s",
    ]
  `);
  expect(at(undefined)[0]).toMatch(/ok=140 +changed=0 +unreachable=0 .* kept=0 +unknown=0 /);
  expect(at(200)).toEqual(at(undefined));
});
