import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Accounts } from './accounts.js';
import { costOf, parseHtpasswd } from './htpasswd.js';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'provision-accounts-'));
});
afterEach(() => rmSync(home, { recursive: true }));

const hashOf = (cost: number) => `$2y$${String(cost).padStart(2, '0')}$${'a'.repeat(53)}`;
const header = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

/** Accounts whose comparisons are counted, in steps of bcrypt, and where `right` is everybody's password. */
async function counted(lines: readonly string[]) {
  const file = join(home, 'htpasswd');
  writeFileSync(file, lines.join('\n'));
  const compared: string[] = [];
  const complaints: string[] = [];
  const compare = async (password: string, hash: string) => {
    compared.push(hash);
    return password === 'right' && hash.endsWith('a'.repeat(53));
  };
  const accounts = await Accounts.from(file, (message) => complaints.push(message), compare);
  const work = () => compared.splice(0).reduce((sum, hash) => sum + 2 ** costOf(hash), 0);
  return { file, accounts, compared, complaints, work };
}

describe('nobody learns from the time who has an account', () => {
  test.each([
    { costs: [5] },
    { costs: [5, 5, 12] },
    { costs: [4, 10, 11] },
    { costs: [] },
  ])('with costs $costs', async ({ costs }) => {
    const { accounts, work } = await counted(costs.map((cost, at) => `user${at}:${hashOf(cost)}`));
    const names = [...costs.map((_, at) => `user${at}`), 'nobody', '', 'x'.repeat(1_000_000), '__proto__', 'user0 '];
    const steps = new Set<number>();
    for (const name of names) {
      expect(await accounts.judge(header(name, 'wrong'), '::1')).toBe('wrong');
      steps.add(work());
    }
    expect([...steps]).toEqual([2 ** Math.max(...costs, ...(costs.length === 0 ? [10] : []))]);
  });

  test('a right password is remembered, a wrong one beside it is compared in full', async () => {
    const { accounts, work } = await counted([`ada:${hashOf(6)}`, `bob:${hashOf(8)}`]);
    expect([await accounts.judge(header('ada', 'right'), '::1'), work()]).toEqual(['right', 2 ** 6]);
    expect([await accounts.judge(header('ada', 'right'), '::1'), work()]).toEqual(['right', 0]);
    expect([await accounts.judge(header('ada', 'wrong'), '::1'), work()]).toEqual(['wrong', 2 ** 8]);
    expect([await accounts.judge(header('eve', 'right'), '::1'), work()]).toEqual(['wrong', 2 ** 8]);
  });
});

test('a flood of wrong passwords is turned away, and a client elsewhere has its turn', async () => {
  const { accounts, compared, work } = await counted([`ada:${hashOf(5)}`, `bob:${hashOf(5)}`]);
  // The first request reads the file again, which would let it come in the middle of the flood.
  expect(await accounts.judge(header('bob', 'right'), '::1')).toBe('right');
  await new Promise((resolve) => setTimeout(resolve, 20));
  work();
  const order: string[] = [];
  const ask = async (password: string, address: string) => {
    const proof = await accounts.judge(header('ada', password), address);
    order.push(proof);
    return proof;
  };
  const flood = Array.from({ length: 1000 }, (_, at) => ask(`${at}`, '203.0.113.9'));
  const other = ask('right', '192.0.2.1');
  const outcomes = await Promise.all(flood);
  await other;
  expect(outcomes.filter((said) => said === 'wrong')).toHaveLength(65);
  expect(outcomes.filter((said) => said === 'busy')).toHaveLength(935);
  expect(order.filter((said) => said !== 'busy').indexOf('right')).toBeLessThan(3);
  expect(compared).toHaveLength(66);
});

test('clients that begin at once with one account are one comparison', async () => {
  const { accounts, compared } = await counted([`ada:${hashOf(5)}`]);
  const all = await Promise.all(
    Array.from({ length: 300 }, (_, at) => accounts.judge(header('ada', 'right'), `${at}`)),
  );
  expect([new Set(all), compared.length]).toEqual([new Set(['right']), 1]);
});

test('an account that is taken away while its password is compared is not remembered', async () => {
  const file = join(home, 'htpasswd');
  writeFileSync(file, `ada:${hashOf(5)}\n`);
  let finish = () => {};
  const waiting = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const accounts = await Accounts.from(
    file,
    () => {},
    async (password, hash) => {
      if (password === 'right') await waiting;
      return password === 'right' && hash.endsWith('aaa');
    },
  );
  const slow = accounts.judge(header('ada', 'right'), '::1');
  writeFileSync(file, '# nobody\n');
  await new Promise((resolve) => setTimeout(resolve, 1010));
  const other = accounts.judge(header('bob', 'x'), '::2'); // It is what reads the file anew.
  await new Promise((resolve) => setTimeout(resolve, 50));
  finish();
  await Promise.all([slow, other]);
  expect(await accounts.judge(header('ada', 'right'), '::1')).toBe('wrong');
});

describe('lines that are no hash of bcrypt that can be compared are refused with their place', () => {
  test.each([
    ['ada:$apr1$x$y', 'f:1: not NAME:HASH with a hash of bcrypt'],
    ['ada:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=', 'f:1: not NAME:HASH with a hash of bcrypt'],
    ['ada:plain', 'f:1: not NAME:HASH with a hash of bcrypt'],
    [`:${hashOf(5)}`, 'f:1: not NAME:HASH with a hash of bcrypt'],
    [`ada:x:${hashOf(5)}`, 'f:1: not NAME:HASH with a hash of bcrypt'],
    [`# x\nada:${hashOf(31)}`, 'f:2: the cost 31 is not between 4 and 17: make the hash anew with htpasswd -B'],
    [`ada:${hashOf(0)}`, 'f:1: the cost 0 is not between 4 and 17: make the hash anew with htpasswd -B'],
  ])('%j', (text, message) => {
    expect(() => parseHtpasswd(text, 'f')).toThrow(message);
  });

  test('a pipe in the place of the file', async () => {
    await expect(Accounts.from('/dev/null', () => {})).rejects.toThrow('/dev/null: not a file of accounts');
  });
});
