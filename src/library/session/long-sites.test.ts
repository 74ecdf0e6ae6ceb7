import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Session } from './session.js';

const folder = mkdtempSync(join(tmpdir(), 'long-'));
afterAll(() => rmSync(folder, { recursive: true }));

const hosts = 1600;

/** Writes a site as large ones are: groups with variables, an address and a number for each host, tasks with templates. */
function writeSite(): { readonly site: string; readonly inventory: string[] } {
  const groups = Array.from({ length: hosts / 100 }, (_, group) => {
    const members = Array.from({ length: 100 }, (_, index) => {
      const [name, address] = [`host${group * 100 + index}`, `10.0.${group}.${index}`];
      return `        ${name}:\n          ansible_host: ${address}\n          index: ${index}\n`;
    });
    return `    group${group}:\n      hosts:\n${members.join('')}`;
  });
  const inventory = join(folder, 'hosts.yaml');
  writeFileSync(inventory, `all:\n  vars:\n    ansible_user: root\n  children:\n${groups.join('')}`);
  mkdirSync(join(folder, 'templates'));
  const tasks = Array.from({ length: 4 }, (_, index) => {
    writeFileSync(join(folder, `templates/part${index}.hbs`), '# {{inventory_hostname}}, number {{index}}\n');
    return { name: `task ${index}`, template: { src: `part${index}.hbs`, dest: `/etc/part${index}`, mode: '0644' } };
  });
  const site = join(folder, 'site.yaml');
  writeFileSync(site, JSON.stringify([{ name: 'all', hosts: 'all', tasks }]));
  return { site, inventory: [inventory] };
}

/** Returns the most milliseconds of processor time between two turns of everything else: a busy machine makes it no longer. */
async function longestWork(work: () => Promise<unknown>): Promise<number> {
  let longest = 0;
  let before = process.cpuUsage();
  const look = () => {
    const { user, system } = process.cpuUsage(before);
    longest = Math.max(longest, (user + system) / 1000);
    before = process.cpuUsage();
  };
  const timer = setInterval(look, 5);
  try {
    await work();
  } finally {
    look();
    clearInterval(timer);
  }
  return longest;
}

test('while 1,600 hosts are read nothing else had its turn, a Ctrl-C neither: for seconds', async () => {
  const session = new Session(writeSite());
  let loaded = 0;
  const longest = await longestWork(async () => {
    const { plays } = await session.load();
    loaded = plays[0]?.hosts.length ?? 0;
  });
  expect(loaded).toBe(hosts);
  // Some 100 ms alone, and over 800 when the inventory was read in one piece. Beside other tests, whose garbage is collected
  // in threads of this process, up to 330 were seen.
  expect(longest).toBeLessThan(500);
});
