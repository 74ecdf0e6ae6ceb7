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
  it('does not guess where a marker is missing', () => {
    expect(editBlock('# BEGIN ours\nx\n', { block: 'x', marker, state: 'present' })).toBeUndefined();
    expect(editBlock('# END ours\n# BEGIN ours\n', { block: 'x', marker, state: 'present' })).toBeUndefined();
    expect(editBlock('# END ours\n', { block: 'x', marker, state: 'present' })).toBeUndefined();
  });
});
