import { spellings } from '../../inventory/settings/setting-names.js';
import type { Explanation, Explanations } from '../words/explanation.js';
import { inheritedWords } from '../words/inherited-words.js';
import { outcomeWords } from '../words/outcome-words.js';
import { playWords } from '../words/play-words.js';
import { structureExplanations } from '../words/structure-words.js';
import { taskWords } from '../words/task-words.js';
import { explanationsIn } from '../words/word.js';
import { inventoryWords, templateNames } from './inventory-words.js';

/** All words that are explained, in groups for a table of contents. */
export const wordGroups: readonly (readonly [title: string, words: Explanations])[] = [
  ['plays', explanationsIn(playWords)],
  ['tasks', explanationsIn({ ...taskWords, ...inheritedWords, ...outcomeWords })],
  ['tasks of files and roles', structureExplanations],
  ['inventory', inventoryWords],
  ['names in templates', templateNames],
];

/** Returns the explanations of a word: several where it means something in several places. */
export function explanationsOf(word: string): readonly Explanation[] {
  return wordGroups.flatMap(([, words]) => {
    const found = Object.hasOwn(words, word) ? words[word] : undefined;
    return found === undefined ? [] : [found];
  });
}

/** Returns our name of an inventory variable that Ansible calls otherwise. */
export function ourSpelling(word: string): string | undefined {
  return Object.entries(spellings).find(([, theirs]) => theirs.some((each) => each === word))?.[0];
}
