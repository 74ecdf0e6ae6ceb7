import { expect, it } from 'vitest';
import { explainIssue } from '../../diagnostics/shapes/explain-issue.js';
import { imageEntry } from './image-entry.js';

it('takes in variables of roles what it takes in files', () => {
  const plain = { source: undefined, patterns: undefined, platforms: undefined, attachments: undefined };
  const entry = { ...plain, repository: 'a', target: 'a', targetRegistry: undefined, place: undefined };
  const one = { tag: '13', digest: undefined, targetTag: undefined };
  expect(imageEntry.parse('a:13')).toEqual({ ...entry, tags: [one] });
  expect(imageEntry.parse({ name: 'a', tag: '13' })).toEqual({ ...entry, tags: [one] });
});

it('takes no number for a tag: there is no telling how it was written', () => {
  const said = (entry: unknown) =>
    imageEntry.safeParse(entry).error?.issues.flatMap((issue) => explainIssue(issue, entry, imageEntry));
  const entries = [
    { name: 'a', tag: 13 },
    { name: 'a', tags: ['1', 1.1] },
    { name: 'a', tag: '1', target_tag: 2 },
  ];
  expect(entries.flatMap((entry) => said(entry)?.map(({ message }) => message)).join('\n')).toMatchInlineSnapshot(`
    "tag: must be written in quotes: to YAML 13 and 13.0 are the same number, but they are two tags
    tags[1]: must be written in quotes: to YAML 1.1 and 1.10 are the same number, but they are two tags
    target_tag: must be written in quotes: to YAML 2 and 2.0 are the same number, but they are two tags"
  `);
});
