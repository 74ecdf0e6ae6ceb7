import type { Explanation } from '../../site/words/explanation.js';
import { paragraph } from './paragraph.js';

/** Returns one meaning of a word as it is printed. */
export function explanationText(word: string, { at, means, ansible, example }: Explanation): string {
  const lines = [`${word} (${at.join(', ')})`, paragraph(means)];
  if (ansible !== undefined) lines.push(paragraph(`Unlike Ansible: ${ansible}`));
  if (example !== undefined) lines.push('', indented(example));
  return lines.join('\n');
}

/** Returns lines of an example, indented. */
export function indented(example: string): string {
  return example.replace(/^/gm, '    ');
}

/** Returns the words that can be explained, under titles. */
export function contents(groups: readonly { readonly title: string; readonly words: readonly string[] }[]): string {
  const parts = groups.map(({ title, words }) => `${title}:\n${paragraph(words.join(', '))}`);
  return [...parts, '`provision explain WORD` says what one of them does.'].join('\n\n');
}
