import { describe, expect, it } from 'vitest';
import { editBlock } from './edit-block.js';
import { editLine, type LineEdit } from './edit-line.js';

const edit = (text: string, options: Partial<LineEdit>) =>
  editLine(text, {
    line: undefined,
    regexp: undefined,
    state: 'present',
    insertAfter: undefined,
    insertBefore: undefined,
    ...options,
  });

describe('editLine', () => {
  it.each<[string, string, Partial<LineEdit>, string, boolean]>([
    ['adds at the end', 'a\n', { line: 'b' }, 'a\nb\n', false],
    ['adds to a text that ends in the middle of a line', 'a', { line: 'b' }, 'a\nb\n', false],
    ['adds to nothing', '', { line: 'b' }, 'b\n', false],
    ['keeps CR LF', 'a\r\nc\r\n', { line: 'b', insertAfter: '^a' }, 'a\r\nb\r\nc\r\n', false],
    ['keeps each end where they are mixed', 'a\nb\r\nc\n', { line: 'z' }, 'a\nb\r\nc\nz\n', false],
    ['ends as its neighbour', 'a\nb\r\nc\n', { line: 'z', insertAfter: '^b' }, 'a\nb\r\nz\r\nc\n', false],
    ['ends as what it replaces', 'a\r\nb\nc', { line: 'z', regexp: '^[az]' }, 'z\r\nb\nc', true],
    ['adds no final newline elsewhere', 'a\nb', { line: 'z', regexp: '^[bz]' }, 'a\nz', true],
    ['removes no end but its own', 'a\nb\r\nc', { line: 'b', state: 'absent' }, 'a\nc', false],
    ['adds behind a lone CR', 'a\rb\nc\r', { line: 'z' }, 'a\rb\nc\r\nz\n', false],
    ['leaves what is there', 'a\nb\nc\n', { line: 'b' }, 'a\nb\nc\n', false],
    ['replaces the last match', 'x=1\nx=2\n', { line: 'x=3', regexp: '^x=' }, 'x=1\nx=3\n', true],
    ['replaces a comment', '#x=1\n', { line: 'x=3', regexp: '^#?x=' }, 'x=3\n', false],
    ['adds where nothing matches', 'y\n', { line: 'x=3', regexp: '^x=' }, 'y\nx=3\n', false],
    ['adds after', 'a\nb\na\nc\n', { line: 'n', insertAfter: '^a$' }, 'a\nb\na\nn\nc\n', false],
    ['adds before', 'a\nb\n', { line: 'n', insertBefore: '^b$' }, 'a\nn\nb\n', false],
    ['adds at the start', 'a\n', { line: 'n', insertBefore: 'BOF' }, 'n\na\n', false],
    ['removes what equals', 'a\nb\na\n', { line: 'a', state: 'absent' }, 'b\n', false],
    ['removes what matches', 'a1\nb\na2\n', { regexp: '^a', state: 'absent' }, 'b\n', false],
    ['removes the last line there is', 'a\n', { line: 'a', state: 'absent' }, '', false],
    ['is literal with dollars', 'x\n', { line: '$& $1', regexp: '^x|^\\$' }, '$& $1\n', true],
  ])('%s', (_, text, options, result, overwrites) => {
    expect(edit(text, options)).toMatchObject({ text: result, overwrites });
    expect(edit(result, options).summary).toBe('');
  });
});

describe('editBlock', () => {
  const marker = '# {mark} ours';
  it('adds, updates and removes what is between its markers', () => {
    const added = editBlock('a\n', { block: 'x\ny\n', marker, state: 'present' });
    expect(added).toMatchObject({ text: 'a\n# BEGIN ours\nx\ny\n# END ours\n', summary: 'block added' });
    const text = `${added?.text}z\n`;
    expect(editBlock(text, { block: 'x\ny', marker, state: 'present' })).toMatchObject({ text, summary: '' });
    const updated = editBlock(text, { block: 'q', marker, state: 'present' });
    expect(updated).toMatchObject({ text: 'a\n# BEGIN ours\nq\n# END ours\nz\n', summary: 'block updated' });
    expect(editBlock(text, { block: '', marker, state: 'absent' })).toMatchObject({ text: 'a\nz\n' });
    expect(editBlock('a\n', { block: '', marker, state: 'absent' })).toMatchObject({ summary: '' });
  });
  it('takes the line ends of the file, whatever those of the block, and converges', () => {
    const crlf = { block: 'x\r\ny\r\n', marker, state: 'present' } as const;
    const lf = editBlock('one\ntwo\n', crlf)?.text ?? '';
    expect(lf).toBe('one\ntwo\n# BEGIN ours\nx\ny\n# END ours\n');
    expect(editBlock(lf, crlf)).toMatchObject({ text: lf, summary: '' });
    const mixed = editBlock('one\ntwo\r\n', { ...crlf, block: 'x' })?.text ?? '';
    expect(mixed).toBe('one\ntwo\r\n# BEGIN ours\r\nx\r\n# END ours\r\n');
    expect(editBlock(`${mixed}end`, crlf)?.text).toBe('one\ntwo\r\n# BEGIN ours\r\nx\r\ny\r\n# END ours\r\nend');
    expect(editBlock(mixed, { ...crlf, state: 'absent' })?.text).toBe('one\ntwo\r\n');
    const broken = lf.replace('x\n', 'x\r\r\n');
    expect(editBlock(broken, crlf)?.text).toBe(lf);
    const open = lf.slice(0, -1);
    expect(editBlock(open, { ...crlf, block: 'q' })?.text).toBe('one\ntwo\n# BEGIN ours\nq\n# END ours');
  });

  it('does not guess where a marker is missing', () => {
    expect(editBlock('# BEGIN ours\nx\n', { block: 'x', marker, state: 'present' })).toBeUndefined();
    expect(editBlock('# END ours\n# BEGIN ours\n', { block: 'x', marker, state: 'present' })).toBeUndefined();
    expect(editBlock('# END ours\n', { block: 'x', marker, state: 'present' })).toBeUndefined();
  });
});
