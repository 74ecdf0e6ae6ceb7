import { pathGlobTest } from '../../../patterns/path-glob.js';
import { refusal, type ServerAnswer } from '../answers/answer.js';

/** Test that tells whether a tag of a repository keeps its manifest for ever. */
export type TagTest = (name: string, tag: string) => boolean;

/** Reads patterns of tags, each `REPOSITORY:TAG` with a glob for both. */
export function immutableTags(patterns: readonly string[]): TagTest | { readonly problem: string } {
  const tests: TagTest[] = [];
  for (const pattern of patterns) {
    const colon = pattern.lastIndexOf(':');
    if (colon < 0) return { problem: `${pattern} is not REPOSITORY:TAG, such as "**:v*"` };
    const [names, tags] = [pathGlobTest(pattern.slice(0, colon)), pathGlobTest(pattern.slice(colon + 1))];
    if ('problem' in names) return { problem: `${pattern}: ${names.problem}` };
    if ('problem' in tags) return { problem: `${pattern}: ${tags.problem}` };
    tests.push((name, tag) => names(name) && tags(tag));
  }
  return (name, tag) => tests.some((matches) => matches(name, tag));
}

/** Makes the refusal to move or delete a tag. */
export function immutableTagAnswer(name: string, tag: string, what: 'moved' | 'deleted'): ServerAnswer {
  return refusal(409, 'DENIED', `the tag ${tag} of ${name} is immutable: it can not be ${what}`, { name, tag });
}
