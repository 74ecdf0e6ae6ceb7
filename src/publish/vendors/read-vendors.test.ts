import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findVendor, readVendors } from './read-vendors.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vendors-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function read(text: string) {
  const file = join(folder, 'vendors.yaml');
  writeFileSync(file, text);
  return readVendors(file);
}

it('paths are below the folder of the file, and a slash in an application is a hyphen in its files', () => {
  const vendors = read(`
redirects: crane/data
vendors:
  acme:
    to: published
    url: https://cdn.example.com/
    apps:
      team/web: { source: ./web.tar, redirect_version: 3 }
      plain: { source: registry.example.com/plain, layout: static }
      bare:
      some: { source: registry.example.com/some, tags: [latest, "1.*", '/2[.]\\d+/'] }
`);
  const acme = findVendor(vendors, 'ACME');
  expect([acme.to, acme.access]).toEqual([join(folder, 'published'), 'private']);
  expect(acme.url).toBe('https://cdn.example.com'); // A slash is put behind it.
  expect(acme.apps).toMatchObject([
    {
      source: join(folder, 'web.tar'),
      layout: 'pulp',
      redirectVersion: 3,
      redirectFile: join(folder, 'crane/data/acme/acme-team-web.json'),
    },
    { source: 'registry.example.com/plain', redirectFile: undefined },
    { app: 'bare', name: 'bare', source: undefined, tags: [] },
    {
      tags: [
        { kind: 'glob', glob: 'latest' },
        { kind: 'glob', glob: '1.*' },
        { kind: 'regex', source: '2[.]\\d+' },
      ],
    },
  ]);
});

const vendor = (apps: string, name = 'acme', more = '') =>
  `vendors:\n  ${name}:\n    to: s3://acme.images\n${more}    apps:\n${apps}`;

it.each([
  ['a name of a vendor with a hyphen', vendor('      web:\n', 'acme-one'), '2:3'],
  ['a name of a vendor of 17 letters', vendor('      web:\n', 'a'.repeat(17)), '2:3'],
  ['a namespace of three letters', vendor('      abc/web:\n'), '5:7'],
  ['two slashes', vendor('      team/web/x:\n'), '5:7'],
  ['capital letters', vendor('      Web:\n'), '5:7'],
  ['a name of dots alone', vendor('      "..":\n'), '5:7'],
  ['a layout', vendor('      web: { layout: v2 }\n'), '5:22'],
  ['a version', vendor('      web: { redirect_version: 1 }\n'), '5:32'],
  ['an address with an account', vendor('      web:\n', 'acme', '    url: https://a:b@x/\n'), '4:10'],
  ['a misspelt key', vendor('      web: { sorce: x }\n'), '5:14'],
  [
    'a protected application that all may read',
    vendor('      web: { protected: true }\n', 'acme', '    access: public-policy\n'),
    '6:25',
  ],
  ['a protected application without a server', vendor('      web: { protected: true, layout: static }\n'), '5:25'],
  ['a pattern of tags that is none', vendor('      web: { tags: [latest, "/(/"] }\n'), '5:29'],
  ['a tag that YAML reads as a number', vendor('      web: { tags: [1.10] }\n'), '5:21'],
  ['a choice of no tags', vendor('      web: { tags: [] }\n'), '5:20'],
  [
    'tags of a source that names one',
    vendor('      web: { source: "registry.example.com/web:1.0", tags: [latest] }\n'),
    '5:22',
  ],
  ['two applications in one folder', vendor('      team/web:\n      team-web:\n'), '6:7'],
  ['two applications by one name', vendor('      web:\n      other: { name: web }\n'), '6:7'],
])('%s is refused with its place', (_what, text, place) => {
  expect(() => read(text)).toThrow(
    expect.objectContaining({
      diagnostics: [
        expect.objectContaining({
          place: expect.objectContaining({
            line: Number(place.split(':')[0]),
            column: Number(place.split(':')[1]),
          }),
        }),
      ],
    }),
  );
});
