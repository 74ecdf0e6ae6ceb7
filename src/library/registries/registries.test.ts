import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Diagnostics, InputError } from '../../diagnostics/diagnostic.js';
import { Session } from '../session/session.js';
import { readRegistries } from './read-registries.js';
import { isUpstream, roleSettings } from './registries-file.js';
import { writeRegistry } from './write-registry.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'registries-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const file = () => readFileSync(join(folder, 'registries.yaml'), 'utf8');
const write = (text: string) => writeFileSync(join(folder, 'registries.yaml'), text);

describe('registries.yaml beside a site', () => {
  const play = { hosts: 'all', vars: { registry_runtime: 'docker' }, roles: ['registry-setup'] };

  async function tasksOf(hosts: object, ...plays: object[]) {
    const site = join(folder, 'site.yaml');
    writeFileSync(site, JSON.stringify(plays.length === 0 ? [play] : plays));
    const { listing } = await new Session({ site, inventory: { all: { hosts } } as never }).load();
    return listing.flatMap(({ tasks }) => tasks.map(({ name }) => name));
  }
  const errorsOf = async (hosts: object) => {
    const error: unknown = await tasksOf(hosts).catch((caught: unknown) => caught);
    if (!(error instanceof InputError)) throw new Error('no errors');
    return error.diagnostics.map(({ message, place, hint }) => `${place?.line}: ${message} (${hint})`);
  };

  it('has registries that the role sets up beside those of the site', async () => {
    write(
      'registries:\n  web1:\n    - { name: a, port: 5001, visibility: public, kind: mirror, description: of web1 }\n',
    );
    const named = async (hosts: object, ...plays: object[]) =>
      (await tasksOf(hosts, ...plays)).filter((name) => name.startsWith('is a registry there'));
    expect(await named({ web1: {} })).toEqual(['is a registry there already: a']);
    const listed = { ...play, vars: { ...play.vars, registry_instances: [{ port: 5000 }] } };
    expect(await named({ web1: {} }, listed)).toEqual([
      'is a registry there already: registry5000',
      'is a registry there already: a',
    ]);
  });

  it('a site of that name was read as registries, and kept all sites beside it from running', async () => {
    const text = JSON.stringify([play]);
    write(text);
    expect((await tasksOf({ web1: {} })).length).toBeGreaterThan(5);
    const entry = { name: 'a', port: 5001 };
    await expect(writeRegistry(folder, 'web1', 'a', entry)).rejects.toThrow(
      /registries.yaml: is no file of registries/,
    );
    expect(file()).toBe(text);
    const diagnostics = new Diagnostics();
    expect(readRegistries(folder, diagnostics, undefined, 'change')).toBeUndefined();
    expect(diagnostics.all.map(({ message }) => message)).toEqual([
      'registries.yaml is a list, as a site is, and no file of registries',
    ]);
  });

  it('names a host whose registries are all deleted: it gets none, not the usual one', async () => {
    expect((await tasksOf({ web1: {} })).length).toBeGreaterThan(5);
    write('registries: { web1: [] }\n');
    expect(await tasksOf({ web1: {} })).toEqual([]);
    expect((await tasksOf({ web1: {}, web0: {} }, { ...play, hosts: 'web0' })).length).toBeGreaterThan(5);
  });

  it('is refused with places where it is wrong', async () => {
    write('registries:\n  web2: [{ name: a, port: 1 }]\n');
    expect(await errorsOf({ web1: {} })).toEqual([
      '2: registries.yaml: the inventory has no host web2 (did you mean web1?)',
    ]);
    write('registries:\n  web1:\n    - { name: A, port: 70000 }\n');
    expect(await errorsOf({ web1: {} })).toHaveLength(2);
    write('registries:\n  web1:\n    - { name: a, port: 1 }\n  web2:\n    - { name: a, port: 2 }\n');
    expect(await errorsOf({ web1: {}, web2: {} })).toEqual([
      '5: the name a is already used on web1 (names of registries.yaml are unique over all hosts)',
    ]);
    write('registries:\n  web1:\n    - { name: a, port: 5000, read_onyl: true }\n');
    expect((await errorsOf({ web1: {} })).join()).toMatch(/^2: .*read_onyl/);
    write('registries:\n  web1:\n    - { name: a, port: 5000 }\n    - { name: b, port: 5000 }\n');
    expect((await errorsOf({ web1: {} })).join()).toMatch(/port 5000 is already used by a/);
  });
});

describe('a registry is written into registries.yaml', () => {
  it('makes the file, and leaves the host there when the registry goes', async () => {
    await writeRegistry(folder, 'web1', 'a', { name: 'a', port: 5000, read_only: true });
    expect(file()).toMatch(/^# Registries that are managed/);
    expect(file()).toMatch(/registries:\n {2}web1:\n {4}- name: a\n {6}port: 5000\n {6}read_only: true\n$/);
    await writeRegistry(folder, 'web1', 'a', undefined);
    expect(file()).toMatch(/registries:\n {2}web1: \[\]\n$/);
    await writeRegistry(folder, 'web1', 'b', { name: 'b', port: 5001 });
    expect(file()).toMatch(/web1:\n {4}- name: b\n/);
  });

  it('keeps comments and all else', async () => {
    write(
      '# ours\nregistries:\n  # the first\n  web1:\n    - { name: a, port: 5000 } # old\n    - { name: b, port: 5001 }\n',
    );
    await writeRegistry(folder, 'web1', 'b', { name: 'b', port: 5002 });
    await writeRegistry(folder, 'web2', 'c', { name: 'c', port: 5000 });
    expect(file()).toBe(
      '# ours\nregistries:\n  # the first\n  web1:\n    - { name: a, port: 5000 } # old\n    - name: b\n      port: 5002\n  web2:\n    - name: c\n      port: 5000\n',
    );
  });

  it('touches no file that it cannot read', async () => {
    for (const text of ['registries: [', 'registries: []\n', 'registries: { web1: { a: 1 } }\n']) {
      write(text);
      await expect(writeRegistry(folder, 'web1', 'a', { name: 'a', port: 1 })).rejects.toThrow(/registries/);
      expect(file()).toBe(text);
    }
    rmSync(join(folder, 'registries.yaml'));
    mkdirSync(join(folder, 'registries.yaml'));
    await expect(writeRegistry(folder, 'web1', 'a', { name: 'a', port: 1 })).rejects.toThrow();
  });
});

describe('what a registry is for', () => {
  const entry = { name: 'a', port: 5001 };

  it('is not told to the role, but that a vendor keeps its tags, where the program can', () => {
    const vendor = { ...entry, kind: 'vendor' as const };
    expect(roleSettings({ ...vendor, runtime: 'embedded' })).toEqual({
      ...entry,
      runtime: 'embedded',
      immutable_tags: ['**:*'],
    });
    const some = { ...vendor, runtime: 'embedded', immutable_tags: ['**:v*'] };
    expect(roleSettings(some)).toMatchObject({ immutable_tags: ['**:v*'] });
    expect(roleSettings({ ...vendor, runtime: 'docker' })).toEqual({ ...entry, runtime: 'docker' });
    expect(roleSettings({ ...entry, kind: 'mirror', upstream: 'https://a.example' })).toEqual(entry);
  });

  it.each([
    ['https://registry.example.com', true],
    ['http://127.0.0.1:5000', true],
    ['https://[::1]:5000', true],
    ['registry.example.com', false],
    ['https://user:secret@registry.example.com', false],
    ['https://registry.example.com/team', false],
    ['https://registry.example.com:99999', false],
    ['file:///etc/passwd', false],
    ['https://', false],
  ])('an upstream %s is one: %s', (address, is) => {
    expect(isUpstream(address)).toBe(is);
  });
});
