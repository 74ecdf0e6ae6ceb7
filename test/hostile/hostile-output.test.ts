import { rmSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { groups } from '../../src/cli/command.js';
import { seal } from '../../src/vars/vault/cipher.js';
import { writeEnvelope } from '../../src/vars/vault/envelope.js';
import { holding, runLock } from '../kit/vitest/holding.js';
import { casesOf } from './cases.js';
import { hostileFolder } from './files.js';
import { faultsIn, hostileName } from './payload.js';
import { type HostileRegistry, hostileRegistry, type Manner } from './registry.js';
import { runOn } from './run.js';

/*
 * What a registry, a list, an archive, a file, a host, a log or an argument says must not act on a terminal nor forge a
 * line, in whatever command it turns up: each is run with hostile texts of all kinds, on a terminal and off.
 */
holding(runLock); // Hosts of the sites are this machine.
const manners: readonly Manner[] = ['images', 'refuses', 'refuses in text', 'headers', 'realm', 'no json'];
const before = process.cwd();
const registries: HostileRegistry[] = [];
let folder: string;
let cases: ReturnType<typeof casesOf>;

beforeAll(async () => {
  const hosts: [Manner, string][] = [];
  for (const manner of manners) {
    const registry = await hostileRegistry(manner);
    registries.push(registry);
    hosts.push([manner, registry.host]);
  }
  folder = hostileFolder();
  process.chdir(folder);
  const PATH = `${folder}/bin:${process.env.PATH}`;
  const variables = { PATH, HOME: `${folder}/home`, EDITOR: 'true', PROVISION_KEEP_RUNS: '0', TERM: 'xterm' };
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  cases = casesOf(Object.fromEntries(hosts) as Record<Manner, string>);
});
afterAll(async () => {
  process.chdir(before);
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
  await Promise.all(registries.map((each) => each.close()));
});

/** Names of all commands that do something: `registry ls`. One that has others beside it and arguments does something itself. */
function namesIn(command: Command, name: string): string[] {
  if (command.commands.length === 0) return [name];
  const own = command.registeredArguments.length > 0 ? [name] : [];
  return [...own, ...command.commands.flatMap((each) => namesIn(each, `${name} ${each.name()}`))];
}

const names = [''];
for (const [name, make] of groups) names.push(...namesIn(await make(() => {}), name));

test('each command is tried', () => {
  expect(Object.keys(cases).sort()).toEqual(names.sort());
});

test.each(names)('provision %s obeys nobody and forges nothing', async (name) => {
  let all = '';
  for (const args of cases[name] ?? []) {
    for (const isTerminal of [false, true]) {
      vi.stubEnv('PROVISION_REGISTRY_PASSWORD', 'swordfish');
      const words = [...name.split(' ').filter((word) => word !== ''), ...args];
      const { output } = await runOn(isTerminal, words);
      all += output;
      expect(faultsIn(output, { isTerminal }), JSON.stringify(words)).toEqual([]);
    }
  }
  expect(all, 'none of it came through').toMatch(/\\(?:x1b|u001b)\[31mPAINTED/);
});

test('what a vault holds is data: it is printed byte for byte', async () => {
  const text = hostileName('data');
  writeFileSync('data', writeEnvelope({ label: undefined, sealed: seal(Buffer.from(text), 'word') }));
  const { output } = await runOn(false, ['vault', 'view', 'data', '--vault-password-file', 'password']);
  expect(output).toBe(text);
});
