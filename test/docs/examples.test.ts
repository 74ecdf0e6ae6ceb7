import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Diagnostics, loadInventory, loadSite, parseExtraVars, resourceKinds, roleCatalog } from '../../src/index.js';
import { type CodeBlock, codeBlocks, pagesOfDocs, readPage } from './pages.js';

/*
 * Sites and inventories on pages are read and checked as `--syntax-check` does it.
 */
const folder = mkdtempSync(join(tmpdir(), 'docs-examples-'));
beforeAll(() => {
  write('inventory.yaml', inventory);
  write('images.yaml', '- team/web:1.4\n');
  write('images.tar', '');
  write('redirects/web.json', redirectFile);
  write('roles/motd/index.ts', motd);
  for (const { code } of pagesOfDocs().flatMap((page) => blocksOf(page, 'ts'))) {
    if (!code.startsWith('import ')) continue;
    const [, name] = /export default defineRole\(\{\n {2}name: '([\w-]+)'/.exec(code) ?? [];
    if (name !== undefined) write(`roles/${name}/index.ts`, code);
  }
  for (const { code } of blocksOf('docs/from-ansible.md', 'diff')) {
    const [, name] = /^\+\+\+ (\S+\.yaml|templates\/\S+)$/m.exec(code) ?? [];
    if (name !== undefined) write(name, patched(code));
  }
  for (const named of ['certs/registry2.crt', 'registry2.tar']) write(named, '');
  write('setup-RedHat.yaml', '- package: { name: nfs-utils }\n');
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Blocks of a page in YAML, but for the one whose errors the tutorial is about. */
const yamlOf = (page: string) => blocksOf(page, 'yaml').filter(({ code }) => !code.includes('log_days: soon'));

describe.each(pagesOfDocs().filter((page) => yamlOf(page).some(isWhole)))('%s', (page) => {
  const yaml = yamlOf(page).filter(isWhole);
  const inventories = yaml.filter(isInventory);
  const sites = yaml.filter(isSite);

  it.each(inventories)('has a sound inventory at line $line', ({ code }) => {
    const diagnostics = new Diagnostics();
    loadInventory([write('other.yaml', code)], diagnostics);
    expect(diagnostics.all).toEqual([]);
  });

  it.each(sites)('has a sound site at line $line', async ({ code }) => {
    expect(await problemsOf(code)).toEqual([]);
  });
});

it('finds a variable that a role does not have', async () => {
  const site = '- hosts: registry\n  roles: [{ role: image-sync, vars: { image_sync_lst: x } }]\n';
  expect(await problemsOf(site)).toMatchObject([{ code: 'unknown-variable' }]);
});

const redirectFile = JSON.stringify({
  version: 2,
  repository: 'web',
  'repo-registry-id': 'web',
  url: 'https://x/',
  protected: false,
});

function isInventory({ code }: CodeBlock): boolean {
  return code.startsWith('all:');
}

function isSite({ code }: CodeBlock): boolean {
  return /^- (name: .*\n {2})?hosts:/.test(code);
}

function isWhole(block: CodeBlock): boolean {
  return isInventory(block) || isSite(block);
}

function blocksOf(page: string, language: string): readonly CodeBlock[] {
  return codeBlocks(readPage(page)).filter((block) => block.language === language);
}

async function problemsOf(code: string) {
  const diagnostics = new Diagnostics();
  const options = {
    file: write('site.yaml', code),
    inventory: loadInventory([join(folder, 'inventory.yaml')], diagnostics),
    extraVars: parseExtraVars([], diagnostics),
    catalog: roleCatalog(folder),
    kinds: resourceKinds,
    flags: { force: false, sync: undefined, check: false },
    overrides: {},
  };
  await loadSite(options, diagnostics);
  return diagnostics.all;
}

function write(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

/** Returns what a diff leaves. */
function patched(diff: string): string {
  const lines = diff.split('\n').filter((line) => !/^(---|\+\+\+) |^@@|^-/.test(line));
  return lines.map((line) => line.slice(1)).join('\n');
}

const inventory = `
all:
  vars: { puller_password: not-a-real-one, admin_password: not-a-real-one, robot_token: not-a-real-one, link_secret: not-a-real-one }
  hosts: { service: , builder: }
  children:
    registry: { hosts: { registry1: } }
    client: { hosts: { client1: , client2: } }
    nfs: { hosts: { nfs1: } }
`;

/** The role that \`provision init\` writes, in short. */
const motd = `
import { defineRole, file } from 'registry-provision';
import { z } from 'zod';
export default defineRole({
  name: 'motd',
  summary: 'Greet',
  vars: z.object({ motd: z.string().describe('The text') }),
  tasks: ({ vars }) => [file({ path: '/etc/motd.d/provision', content: vars.motd })],
});
`;
