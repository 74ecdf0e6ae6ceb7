import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { compareSync, hashSync } from 'bcryptjs';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import type { z } from 'zod';
import { check, converge } from '../../../test/kit/converge-locally.js';
import { accountsIn, editAccounts } from './edit.js';
import { htpasswd } from './htpasswd.js';

const { uid, gid } = userInfo();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'htpasswd-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (name: string) => join(folder, name);
const text = () => readFileSync(at('htpasswd'), 'utf8');
const right = (name: string, password: string) => compareSync(password, accountsIn(text()).get(name) ?? '');
type Input = z.input<typeof htpasswd.params>;
const wanted = (accounts: Input['accounts'], more: Partial<Input> = {}) =>
  htpasswd({ path: at('htpasswd'), accounts, owner: uid, group: gid, cost: 4, ...more });
const summaryOf = async (task: ReturnType<typeof wanted>) => {
  const plan = await check(task);
  return plan.verdict === 'change' || plan.verdict === 'kept' ? `${plan.verdict}: ${plan.summary}` : plan.verdict;
};

describe('accounts of a registry', () => {
  it('are written once, as hashes, for the group of the registry', async () => {
    const task = wanted({ puller: 'U*U', pusher: 'päss:word' });
    const pass = await converge(task);
    expect(pass.failure).toBeUndefined();
    expect(pass.plan).toMatchObject({ summary: 'created, with puller, pusher' });
    expect(JSON.stringify(pass.plan)).not.toMatch(/U\*U|päss/);
    expect([right('puller', 'U*U'), right('pusher', 'päss:word'), right('puller', 'U*V')]).toEqual([true, true, false]);
    expect((statSync(at('htpasswd')).mode & 0o777).toString(8)).toBe('640');
    const before = text();
    expect(await summaryOf(task)).toBe('ok');
    expect(text()).toBe(before);
  });

  it('change alone: a new password, a new account, and none that is not listed', async () => {
    const other = `other:${hashSync('o', 4)}`;
    const kept = `kept:${hashSync('k', 4).replace('$2b$', '$2y$')}`;
    writeFileSync(at('htpasswd'), `# ours\n${other}\n\n${kept}\nlate:${hashSync('before', 4)}`, { mode: 0o640 });
    const task = wanted({ kept: 'k', late: 'after', new: 'n' });
    expect(await summaryOf(task)).toBe('change: added new, password of late changed');
    expect((await converge(task)).failure).toBeUndefined();
    expect(text().split('\n').slice(0, 4)).toEqual(['# ours', other, '', kept]);
    expect([right('late', 'after'), right('late', 'before'), right('new', 'n')]).toEqual([true, false, true]);
    expect(readdirSync(folder)).toHaveLength(2);
    expect(await summaryOf(task)).toBe('ok');
  });

  it('that are not listed go where the list is exclusive', async () => {
    await converge(wanted({ a: 'a', b: 'b' }));
    const task = wanted({ a: 'a' }, { exclusive: true });
    expect(await summaryOf(task)).toBe('change: removed b');
    expect((await converge(task)).failure).toBeUndefined();
    expect([...accountsIn(text()).keys()]).toEqual(['a']);
    expect(await summaryOf(task)).toBe('ok');
  });

  it('with hashes that registries cannot read are replaced where listed, else said', async () => {
    writeFileSync(at('htpasswd'), 'a:$apr1$x$y\nb:{SHA}z\n', { mode: 0o640 });
    expect(await summaryOf(wanted({ a: 'a' }))).toBe('change: password of a changed');
    await converge(wanted({ a: 'a' }));
    expect(await check(wanted({ a: 'a' }))).toEqual({
      verdict: 'ok',
      note: "b: no bcrypt, which registries can't read",
    });
  });

  it('keep their hashes where owner or mode alone is mended', async () => {
    await converge(wanted({ a: 'a' }));
    const before = text();
    expect(await summaryOf(wanted({ a: 'a' }, { mode: '0600' }))).toBe('change: mode 0640 -> 0600');
    expect((await converge(wanted({ a: 'a' }, { mode: '0600' }))).failure).toBeUndefined();
    expect(text()).toBe(before);
  });
});

test('what bcrypt or the file could not hold is refused', () => {
  const issue = (accounts: Input['accounts']) => htpasswd.params.safeParse({ path: '/x', accounts }).error?.issues[0];
  expect(issue({ a: 'ä'.repeat(37) })?.message).toBe('must be at most 72 bytes, for bcrypt');
  expect(issue({ a: '' })?.message).toBe('must not be empty');
  expect(issue({ 'a:b': 'x' })).toMatchObject({ code: 'invalid_key', path: ['accounts', 'a:b'] });
});

test('of an account that is written twice, one line stays', () => {
  const text = 'a:1\nb:2\na:3\n';
  expect(accountsIn(text).get('a')).toBe('3');
  expect(editAccounts(text, new Map([['a', '4']]), () => true)).toBe('a:4\nb:2\n');
});
