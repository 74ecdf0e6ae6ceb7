import { execFileSync } from 'node:child_process';
import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, describe, expect, it } from 'vitest';
import { type MadeEntry, makeTar, paxRecord } from '../../../../../test/registry/archives/make-tar.js';
import { refusal } from '../../../../../test/registry/archives/read-all.js';
import { type ArchiveBytes, fileBytes } from '../archive-bytes.js';
import { readDocument } from '../document.js';
import { defaultArchiveLimits } from '../limits.js';
import { tarTree } from './tar-tree.js';

const folder = mkdtempSync(join(tmpdir(), 'provision-tar-'));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'a.tar');
const long = `${'deep/'.repeat(40)}${'x'.repeat(120)}`;

async function opened(limits = {}) {
  const bytes = await fileBytes(path);
  try {
    return await tarTree(bytes, path, { ...defaultArchiveLimits, ...limits });
  } catch (error) {
    await bytes.close();
    throw error;
  }
}

function sparseRecords(map: string, size: number): string {
  return paxRecord('GNU.sparse.map', map) + paxRecord('GNU.sparse.size', String(size));
}

function inMemory(bytes: Buffer): ArchiveBytes {
  return { size: bytes.length, read: async (at, length) => bytes.subarray(at, at + length), close: async () => {} };
}

describe('what tar writes', () => {
  it.each(['gnu', 'pax', 'ustar', 'v7'])('is read in its format %s', async (format) => {
    const from = join(folder, format);
    const name = format === 'gnu' || format === 'pax' ? long : 'deep/x';
    mkdirSync(join(from, name, '..'), { recursive: true });
    writeFileSync(join(from, name), 'of the long name');
    symlinkSync(name, join(from, 'link'));
    execFileSync('tar', ['-cf', path, `--format=${format}`, '-C', from, '.']);
    const tree = await opened();
    expect((await readDocument(tree, name, defaultArchiveLimits))?.toString()).toBe('of the long name');
    expect(await tree.find('link')).toMatchObject({ path: name, size: 16 });
    expect(await tree.list('')).toEqual(['deep', 'link']);
    expect(await tree.list('deep')).toEqual([name.split('/')[1]]);
    await tree.close();
  });

  it.each([
    'gnu',
    'posix --sparse-version=1.0',
    'posix --sparse-version=0.1',
  ])('a sparse file in the format %s was refused, or shorter than it is', async (format) => {
    const from = join(folder, `sparse-${format.slice(-3)}`);
    mkdirSync(from);
    const file = openSync(join(from, 'layer.tar'), 'w');
    // More parts than a header, and one block behind it, have room for.
    for (let part = 0; part < 40; part += 1) writeSync(file, `part ${part}`, part * 100_000);
    ftruncateSync(file, 5_000_001);
    closeSync(file);
    execFileSync('tar', ['-cSf', path, ...`--format=${format}`.split(' '), '-C', from, 'layer.tar']);
    expect(statSync(path).size).toBeLessThan(1_000_000);
    const tree = await opened();
    const content = readFileSync(join(from, 'layer.tar'));
    expect(await tree.find('layer.tar')).toMatchObject({ path: 'layer.tar', size: content.length });
    expect((await buffer(await tree.stream('layer.tar'))).equals(content)).toBe(true);
    for (const at of [0, 3, 100_002, 150_000, 4_999_999, 5_000_001])
      expect((await buffer(await tree.stream('layer.tar', at))).equals(content.subarray(at))).toBe(true);
    await tree.close();
  });

  it('the name of a volume, and the names of a folder in an incremental archive, refused the whole', async () => {
    const from = join(folder, 'labelled');
    mkdirSync(join(from, 'deep'), { recursive: true });
    writeFileSync(join(from, 'deep/x'), 'content');
    execFileSync('tar', ['-cf', path, '--format=gnu', '-V', 'backup', '-G', '-C', from, '.']);
    const tree = await opened();
    expect((await readDocument(tree, 'deep/x', defaultArchiveLimits))?.toString()).toBe('content');
    expect(await tree.list('')).toEqual(['deep']);
    await tree.close();
  });

  it('follows hard links, and takes the last of two entries of one name', async () => {
    writeFileSync(
      path,
      makeTar([
        { name: 'a/layer.tar', content: 'old' },
        { name: './a/layer.tar', content: 'content' },
        { name: 'b/layer.tar', type: '1', link: 'a/layer.tar' },
        { name: 'c/layer.tar', type: '2', link: '../b/layer.tar' },
      ]),
    );
    const tree = await opened();
    expect(await tree.find('c/layer.tar')).toMatchObject({ path: 'a/layer.tar', size: 7 });
    await tree.close();
  });
});

describe('refused, with archive and entry', () => {
  const hostile: Record<string, MadeEntry[]> = {
    'a name that leaves': [{ name: 'blobs/../../etc/passwd', content: 'x' }],
    'a name that leaves and comes back': [{ name: 'a/../b', content: 'x' }],
    'an absolute name': [{ name: '/etc/passwd', content: 'x' }],
    'an absolute name in a pax record': [
      { name: 'x', type: 'x', content: paxRecord('path', '/etc/passwd') },
      { name: 'ok' },
    ],
    'a symbolic link out': [{ name: 'a/layer.tar', type: '2', link: '../../etc/passwd' }],
    'an absolute symbolic link': [{ name: 'layer.tar', type: '2', link: '/etc/passwd' }],
    'a hard link out': [{ name: 'layer.tar', type: '1', link: '../etc/passwd' }],
    'a character device': [{ name: 'null', type: '3' }],
    'a block device': [{ name: 'sda', type: '4' }],
    'a named pipe': [{ name: 'pipe', type: '6' }],
    'a sparse file of zeros alone': [
      { name: 'x', type: 'x', content: sparseRecords('0,1', 2 ** 40) },
      { name: 'sparse', content: 'x' },
    ],
    'a sparse file with parts out of order': [
      { name: 'x', type: 'x', content: sparseRecords('5,1,0,1', 10) },
      { name: 'sparse', content: 'xy' },
    ],
    'a sparse file with parts beyond its end': [
      { name: 'x', type: 'x', content: sparseRecords('9,2', 10) },
      { name: 'sparse', content: 'xy' },
    ],
    'a sparse file with more parts than bytes': [
      { name: 'x', type: 'x', content: sparseRecords('0,9', 10) },
      { name: 'sparse', content: 'xy' },
    ],
    'a sparse file whose map is no numbers': [
      { name: 'x', type: 'x', content: sparseRecords('0,-1', 10) },
      { name: 'sparse', content: 'x' },
    ],
    'a sparse file whose map does not end': [
      {
        name: 'x',
        type: 'x',
        content:
          paxRecord('GNU.sparse.major', '1') +
          paxRecord('GNU.sparse.minor', '0') +
          paxRecord('GNU.sparse.realsize', '9'),
      },
      { name: 'sparse', content: '9999' },
    ],
    'a sparse file by a name that leaves': [
      { name: 'x', type: 'x', content: paxRecord('GNU.sparse.name', '../x') + sparseRecords('0,1', 1) },
      { name: 'sparse', content: 'x' },
    ],
    'an unknown type': [{ name: 'volume', type: 'M' }],
    'a sparse file': [{ name: 'x', type: 'x', content: paxRecord('GNU.sparse.major', '1') }, { name: 'sparse' }],
    'a file without a name': [{ name: '', content: 'x' }],
    'a folder with content': [{ name: 'blobs/', type: '5', size: 512, content: 'x'.repeat(512) }],
    'a size beyond the end': [{ name: 'layer.tar', content: 'x', size: 5_000_000 }],
    'a size beyond the end in a pax record': [
      { name: 'x', type: 'x', content: paxRecord('size', '99999999') },
      { name: 'big' },
    ],
    'a size that is no number': [{ name: 'x', type: 'x', content: paxRecord('size', '-1') }, { name: 'big' }],
    'a size that makes content a header': [{ name: 'layer.tar', size: 3, content: 'x'.repeat(1024) }],
    'records that are none': [{ name: 'x', type: 'x', content: '99999 path=x\n' }, { name: 'ok' }],
    'a global record with a path': [{ name: 'x', type: 'g', content: paxRecord('path', 'y') }, { name: 'ok' }],
    'too many records': [{ name: 'x', type: 'L', content: 'x'.repeat(1024 * 1024 + 1) }],
  };

  it('as in these messages', async () => {
    const messages: Record<string, string> = {};
    for (const [what, entries] of Object.entries(hostile)) {
      writeFileSync(path, makeTar(entries));
      messages[what] = await refusal(opened(), folder);
    }
    expect(messages).toMatchInlineSnapshot(`
      {
        "a block device": "corrupt: a.tar: entry "sda": it is a device",
        "a character device": "corrupt: a.tar: entry "null": it is a device",
        "a file without a name": "corrupt: a.tar: entry "": it is a file without a name",
        "a folder with content": "corrupt: a.tar: entry "blobs/": it says to have 512 bytes, and is no file",
        "a global record with a path": "corrupt: a.tar: at byte 512: a global pax record with a name or a size",
        "a hard link out": "corrupt: a.tar: entry "layer.tar": it is a link to ../etc/passwd, outside the archive",
        "a name that leaves": "corrupt: a.tar: entry "blobs/../../etc/passwd": its name leaves the archive",
        "a name that leaves and comes back": "corrupt: a.tar: entry "a/../b": its name leaves the archive",
        "a named pipe": "corrupt: a.tar: entry "pipe": it is a named pipe",
        "a size beyond the end": "corrupt: a.tar: entry "layer.tar" should have 5000000 bytes, and the archive ends after 1536 of them | it was cut, on its way or on a full disk: fetch it again",
        "a size beyond the end in a pax record": "corrupt: a.tar: entry "big" should have 99999999 bytes, and the archive ends after 1024 of them | it was cut, on its way or on a full disk: fetch it again",
        "a size that is no number": "corrupt: a.tar: at byte 512: a pax record with a size of "-1"",
        "a size that makes content a header": "corrupt: a.tar: at byte 1024: there should be a tar header, and its checksum is wrong",
        "a sparse file": "corrupt: a.tar: entry "sparse": a sparse file of a format that is not read (1.0, 0.1 and GNU tar's own are)",
        "a sparse file by a name that leaves": "corrupt: a.tar: entry "../x": its name leaves the archive",
        "a sparse file of zeros alone": "corrupt: a.tar: entry "sparse": a sparse file of 1099511627776 bytes, of which 1 are not zeros",
        "a sparse file whose map does not end": "corrupt: a.tar: entry "sparse": the map of a sparse file has no end",
        "a sparse file whose map is no numbers": "corrupt: a.tar: entry "sparse": a sparse file whose map is not of numbers",
        "a sparse file with more parts than bytes": "corrupt: a.tar: entry "sparse": a sparse file with more or fewer bytes than its parts have",
        "a sparse file with parts beyond its end": "corrupt: a.tar: entry "sparse": a sparse file whose parts are not in order",
        "a sparse file with parts out of order": "corrupt: a.tar: entry "sparse": a sparse file whose parts are not in order",
        "a symbolic link out": "corrupt: a.tar: entry "a/layer.tar": it is a link to ../../etc/passwd, outside the archive",
        "an absolute name": "corrupt: a.tar: entry "/etc/passwd": its name is absolute",
        "an absolute name in a pax record": "corrupt: a.tar: entry "/etc/passwd": its name is absolute",
        "an absolute symbolic link": "corrupt: a.tar: entry "layer.tar": it is a link to /etc/passwd, outside the archive",
        "an unknown type": "corrupt: a.tar: entry "volume": it is of type "M", which is not read",
        "records that are none": "corrupt: a.tar: at byte 512: a pax record that is not \`length key=value\`",
        "too many records": "corrupt: a.tar: 1048577 bytes of records before an entry at byte 512",
      }
    `);
  });

  it('links in a circle, when they are followed', async () => {
    writeFileSync(
      path,
      makeTar([
        { name: 'a', type: '2', link: 'b' },
        { name: 'b', type: '2', link: 'a' },
      ]),
    );
    const tree = await opened();
    expect(await refusal(tree.find('a'), folder)).toMatchInlineSnapshot(
      `"corrupt: a.tar: entry "a" is a link that leads round in a circle"`,
    );
    await tree.close();
  });

  it('more entries than the limit', async () => {
    writeFileSync(path, makeTar(Array.from({ length: 12 }, (_, index) => ({ name: `${index}` }))));
    expect(await refusal(opened({ entries: 11 }), folder)).toMatchInlineSnapshot(
      `"input: a.tar has more than 11 entries: it is not read"`,
    );
    await (await opened({ entries: 12 })).close();
  });

  it('a tar that was cut, wherever', async () => {
    const whole = makeTar([
      { name: 'a', content: 'x'.repeat(700) },
      { name: 'b', content: 'y' },
    ]);
    for (let length = 0; length < whole.length - 512; length += 64) {
      writeFileSync(path, whole);
      truncateSync(path, length);
      expect(await refusal(opened(), folder), `cut to ${length}`).toMatch(/^corrupt: a\.tar: .*(ends).*cut/);
    }
  });

  it('any header of which a bit was turned, or reads nothing else', async () => {
    const whole = makeTar([{ name: 'blobs/sha256/ab', content: 'x'.repeat(100) }]);
    for (let bit = 0; bit < 512 * 8; bit += 1) {
      const damaged = Buffer.from(whole);
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const attempt = tarTree(inMemory(damaged), path, defaultArchiveLimits);
      const tree = await attempt.catch((error: Error) => error.message);
      if (typeof tree === 'string') continue;
      expect(await tree.find('blobs/sha256/ab')).toMatchObject({ path: 'blobs/sha256/ab', size: 100 });
    }
  });
});
