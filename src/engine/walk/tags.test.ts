import { describe, expect, it } from 'vitest';
import { matchesTags } from './tags.js';

/** Tasks with these tags, and which of them Ansible 2.14 runs. */
const tasks = { none: [], x: ['x'], y: ['y'], always: ['always'], never: ['never', 'x'] };

describe('tags', () => {
  it.each<[tags: string[], skipTags: string[], runs: string[]]>([
    [[], [], ['none', 'x', 'y', 'always']],
    [['all'], [], ['none', 'x', 'y', 'always']],
    [['x'], [], ['x', 'always', 'never']],
    [['x', 'y'], ['y'], ['x', 'always', 'never']],
    [['tagged'], [], ['x', 'y', 'always']],
    [['untagged'], [], ['none', 'always']],
    [['never'], [], ['always', 'never']],
    [[], ['x'], ['none', 'y', 'always']],
    [[], ['always'], ['none', 'x', 'y']],
    [[], ['tagged'], ['none']],
    [[], ['untagged'], ['x', 'y', 'always']],
    [[], ['all'], ['always']],
    [['z'], ['all', 'always'], []],
  ])('--tags %j --skip-tags %j runs %j', (tags, skipTags, runs) => {
    const chosen = Object.entries(tasks).flatMap(([name, own]) => (matchesTags(own, { tags, skipTags }) ? [name] : []));
    expect(chosen).toEqual(runs);
  });
});
