import { describe, expect, it } from 'vitest';
import { planFrom } from '../../../../test/kit/converge-locally.js';
import { putEntry, removeEntry } from '../fstab.js';
import { mount } from './mount.js';

const share = { source: 'nfs1:/srv/a b', path: '/mnt/a b', fstype: 'nfs', options: 'ro,soft', dump: 0, pass: 0 };
const line = 'nfs1:/srv/a\\040b /mnt/a\\040b nfs ro,soft 0 0\n';

describe('fstab', () => {
  it.each([
    ['is empty', '', line, true, false],
    ['has it, written otherwise', 'nfs1:/srv/a\\040b\t/mnt/a\\040b/  nfs  ro,soft\n', undefined, false, false],
    [
      'has another for the path',
      '# x\nother:/ /mnt/a\\040b nfs ro 0 0\nz /z ext4 defaults 0 1',
      `# x\n${line}z /z ext4 defaults 0 1\n`,
      true,
      true,
    ],
    ['has it in a comment', `#${line}`, `#${line}${line}`, true, false],
    [
      'has a path that begins so',
      '/dev/x /mnt/a xfs defaults 0 0\n',
      `/dev/x /mnt/a xfs defaults 0 0\n${line}`,
      true,
      false,
    ],
  ])('%s', (_, text, result, changed, overwrites) => {
    expect(putEntry(text, share)).toEqual({ text: result ?? text, changed, overwrites });
    expect(putEntry(result ?? text, share).changed).toBe(false);
  });

  it('loses every entry of a path, and nothing else', () => {
    expect(removeEntry(`a / xfs\n${line}${line}# end\n`, '/mnt/a b').text).toBe('a / xfs\n# end\n');
    expect(removeEntry('a / xfs\n', '/mnt').changed).toBe(false);
  });
});

describe('mount', () => {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const fstab = (text: string) =>
    `stat ${text.length}|644|0|0|regular file|root|root\ncontent ${base64(text)}\nend yes\n`;
  const at = (source: string, type = 'nfs4', mode = 'ro') =>
    `mounted / ${mode},relatime shared:1 - ${type} ${source} ${mode},vers=4.2\n`;
  const task = mount({ path: '/mnt/a b', src: 'nfs1:/srv/a b/', fstype: 'nfs', opts: 'ro,soft' });
  const entry = line.replace('a\\040b /mnt', 'a\\040b/ /mnt');

  it.each([
    ['is there', `${fstab(entry)}${at('nfs1:/srv/a\\040b')}done yes\n`, { verdict: 'ok' }],
    ['is in neither', `${fstab('')}place absent\ndone yes\n`, { verdict: 'change', summary: 'mounted, fstab updated' }],
    ['is only in fstab', `${fstab(entry)}place empty\ndone yes\n`, { verdict: 'change', summary: 'mounted' }],
    [
      'is only mounted',
      `${fstab('')}${at('nfs1:/srv/a\\040b')}done yes\n`,
      { verdict: 'change', summary: 'fstab updated' },
    ],
    [
      'can be written to',
      `${fstab(entry)}${at('nfs1:/srv/a\\040b', 'nfs4', 'rw')}done yes\n`,
      { summary: 'mounted rw -> ro' },
    ],
    [
      'is another',
      `${fstab(entry)}${at('nfs2:/x')}done yes\n`,
      { verdict: 'kept', summary: 'nfs2:/x is mounted there' },
    ],
    ['would hide files', `${fstab(entry)}place filled\ndone yes\n`, { verdict: 'refused' }],
    ['would lie on a file', `${fstab(entry)}place no-directory\ndone yes\n`, { verdict: 'refused' }],
    [
      'leads elsewhere',
      `${fstab(entry)}leads-to /x\nplace empty\ndone yes\n`,
      { verdict: 'refused', hint: 'set path: /x' },
    ],
  ])('%s', (_, printed, plan) => {
    expect(planFrom(task, printed)).toMatchObject(plan);
  });

  it('replaces another with force', () => {
    expect(planFrom(task, `${fstab(entry)}${at('nfs2:/x')}done yes\n`, { force: true })).toMatchObject({
      verdict: 'change',
      summary: 'nfs2:/x (nfs4) -> nfs1:/srv/a b/ (nfs)',
    });
  });

  it.each([
    ['absent', 'unmounted, fstab updated'],
    ['unmounted', 'unmounted'],
  ] as const)('goes: %s', (state, summary) => {
    const gone = mount({ path: '/mnt/a b', state });
    expect(planFrom(gone, `${fstab(line)}${at('nfs1:/srv/a\\040b')}done yes\n`)).toMatchObject({ summary });
    expect(planFrom(gone, `${fstab('')}place filled\ndone yes\n`)).toMatchObject({ verdict: 'ok' });
  });
});
