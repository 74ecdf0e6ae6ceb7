import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderOf } from '../../test/kit/folder-of.js';
import { Diagnostics } from '../diagnostics/diagnostic.js';
import { loadInventory } from './load.js';
import { selectHosts } from './patterns.js';

const hosts = `
all:
  hosts:
    lonely:
  children:
    web:
      hosts:
        web[01:05]:
        db1:
      children:
        deep: {hosts: {web03: }}
    atl:
      hosts: {db1: , "db[a:c]": , web01: }
    empty:
other:
  hosts: {x.example.com: , y.example.com: , "2001:db8::1": }
`;

function select(pattern: string | readonly string[], limit?: string) {
  const diagnostics = new Diagnostics();
  const inventory = loadInventory([join(folderOf({ 'hosts.yaml': hosts }), 'hosts.yaml')], diagnostics);
  const selected = selectHosts(pattern, inventory, limit === undefined ? {} : { limit }, diagnostics);
  return {
    names: selected.map((host) => host.name).join(' '),
    told: diagnostics.all.map(({ message, hint }) => (hint === undefined ? message : `${message} (${hint})`)),
  };
}

describe('a pattern of hosts', () => {
  // The hosts, and their order, are what ansible-core 2.14 says of the same inventory (InventoryManager.get_hosts).
  it.each([
    ['web:&atl', 'web01 db1'],
    ['web:!atl', 'web02 web03 web04 web05'],
    ['!atl:web', 'web02 web03 web04 web05'],
    ['&web:atl', 'db1 web01'],
    ['web[0]', 'web01'],
    ['web[-1]', 'db1'],
    ['web[-2]', 'web05'],
    ['web[1:3]', 'web02 web03 web04'],
    ['web[1:]', 'web02 web03 web04 web05 db1'],
    ['deep[0:0]', 'web03'],
    ['~web0[12]', 'web01 web02'],
    ['~(?i)WEB0(1|2)', 'web01 web02'],
    ['~(web|db)0?1', 'web01 db1'],
    ['db?', 'db1 dba dbb dbc'],
    ['db[ab]', 'dba dbb'],
    ['db[!ab]', 'db1 dbc'],
    ['*.example.com', 'x.example.com y.example.com'],
    ['ungrouped', 'lonely'],
    ['web,db1,!web03', 'web01 web02 web04 web05 db1'],
    ['web db1 !web03', 'web01 web02 web04 web05 db1'],
    ['w*[1]', 'web02'],
    ['w*[7]', 'web02'],
    ['all[0]', 'lonely'],
    ['*:!web*', 'lonely dba dbb dbc x.example.com y.example.com 2001:db8::1'],
    ['!web', 'lonely dba dbb dbc x.example.com y.example.com 2001:db8::1'],
    ['2001:db8::1', '2001:db8::1'],
    ['localhost', 'localhost'],
    ['deep:empty', 'web03'],
    ['web:!empty', 'web01 web02 web03 web04 web05 db1'],
  ])('%s means what it means to Ansible', (pattern, expected) => {
    expect(select(pattern)).toEqual({ names: expected, told: [] });
  });

  it('may be a list, of which each is read by itself', () => {
    expect(select(['web:!atl', 'x.example.com'])).toEqual({
      names: 'web02 web03 web04 web05 x.example.com',
      told: [],
    });
  });

  it.each([
    ['wbe:atl', '"wbe" matches no host and no group (did you mean "web"?)'],
    ['atl,!dbz', '"dbz" matches no host and no group (did you mean "db1"?)'],
    ['lokalhost', '"lokalhost" matches no host and no group (did you mean "localhost"?)'],
    ['nothing-like-it*', '"nothing-like-it*" matches no host and no group'],
    ['web[9]', '"web[9]" matches no host: "web" has 6 hosts, and counting begins at 0'],
    ['web[-9]', '"web[-9]" matches no host: "web" has 6 hosts, and counting begins at 0'],
    ['~web(', '"~web(" is not a regular expression: a ( is never closed'],
    ['empty', 'group "empty" has no hosts'],
    ['web:&other', '"web:&other" leaves no host'],
  ])('%s is a mistake', (pattern, message) => {
    expect(select(pattern).told).toEqual([message]);
  });
});

describe('--limit', () => {
  it('keeps the hosts that match it as well', () => {
    expect(select('web', 'atl:!web01')).toEqual({ names: 'db1', told: [] });
  });

  it('may leave a play without hosts', () => {
    expect(select('web', 'lonely')).toEqual({ names: '', told: [] });
  });

  it('reads a file with one pattern a line', () => {
    const file = join(folderOf({ retry: 'web01\n\n~web0[45]\n' }), 'retry');
    expect(select('web', `@${file}`)).toEqual({ names: 'web01 web04 web05', told: [] });
  });

  it.each([
    ['dbz', '--limit: "dbz" matches no host and no group (did you mean "db1"?)'],
    ['@/nowhere', '--limit: cannot read /nowhere: no such file or directory'],
  ])('%s is a mistake', (limit, message) => {
    expect(select('web', limit).told).toEqual([message]);
  });
});

it('a pattern without an inventory matched no host, and nothing said that there was none', () => {
  const hintsOf = (given: readonly string[], pattern: string) => {
    const diagnostics = new Diagnostics();
    selectHosts(pattern, loadInventory(given, new Diagnostics()), {}, diagnostics);
    return diagnostics.all.map(({ hint }) => hint);
  };
  for (const pattern of ['web', 'all'])
    expect(hintsOf([], pattern)).toEqual([
      expect.stringMatching(/^there is no inventory: name one with -i.*inventory.ini/),
    ]);
  expect(hintsOf(['db1,'], 'web')).toEqual([undefined]);
});

it('a bracket without its other was left out, so that ~[ meant all hosts', () => {
  expect(select('all', '~[').told).toMatchObject([expect.stringContaining('"~[" is not a regular expression')]);
  expect(select('web01[').told).toMatchObject([expect.stringContaining('"web01[" matches no host and no group')]);
  expect(select('atl[0').names).toBe('');
});

it('a pattern that names the same over and over is looked up once', () => {
  expect(select(Array.from({ length: 100_000 }, () => '~(a+)+$|web')).names).toBe(select('~(a+)+$|web').names);
});
