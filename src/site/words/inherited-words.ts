import { z } from 'zod';
import { fixed, flag, tags } from './value-schemas.js';
import { everywhere, shapeAt, type WordTable } from './word.js';

/** Words that are handed down, from play to role or block to task: a word nearer to the task is stronger; tags add up. */
export const inheritedWords = {
  become: {
    at: everywhere,
    alsoAt: ['inventory'],
    schema: flag,
    means: 'Done as another user, by sudo: root, or `become_user`. A variable of the host is stronger than the word.',
    ansible: 'There is sudo only. The password is asked once for all hosts (-K).',
  },
  become_user: {
    at: everywhere,
    alsoAt: ['inventory'],
    schema: fixed,
    means: 'The user to become; default: root.',
  },
  ignore_errors: {
    at: everywhere,
    schema: flag,
    means: 'A failure is reported and counted as ignored, and the host goes on. Being unreachable is not meant.',
  },
  no_log: {
    at: everywhere,
    schema: flag,
    means: 'Nothing is shown of the task but its name and how it ended.',
    ansible: 'Values from vault and those that a schema marks secret are never shown anyway.',
  },
  run_once: {
    at: everywhere,
    schema: flag,
    means: 'Done by the first host of the batch that is still at work; the others wait and get its result.',
  },
  tags: {
    at: [...everywhere, 'meta'],
    schema: tags,
    isList: true,
    means: 'For --tags and --skip-tags, with always, never, tagged, untagged and all as in Ansible.',
    ansible: 'Those of include_tasks and include_role are handed down to what they include.',
  },
  update: {
    at: everywhere,
    schema: flag,
    means: 'What provision has written and nobody has edited since is updated, as with --update.',
  },
} as const satisfies WordTable;

const inheritedSchema = z.object(shapeAt(inheritedWords, 'task'));

/** Words of an entry with those around it. */
export interface Words extends z.output<typeof inheritedSchema> {
  readonly tags: string[];
  /** Handlers that blocks around name. */
  readonly notify: readonly string[];
}

/** Words of a play that has none. */
export const noWords: Words = { tags: [], notify: [] };

/** Returns the words of an entry, with those around it where it has none itself. */
export function inherit(outer: Words, own: Readonly<Record<string, unknown>>): Words {
  const ownWords = inheritedSchema.parse(own);
  return { ...outer, ...ownWords, tags: [...new Set([...outer.tags, ...(ownWords.tags ?? [])])] };
}
