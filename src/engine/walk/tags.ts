/** Tags given with `--tags` and `--skip-tags`. */
export interface TagChoice {
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
}

/**
 * Tells whether a task with these tags is to run, by Ansible's rules. `always` runs unless it is skipped by name, `never`
 * only when one of its tags is selected. `all`, `tagged` and `untagged` may be selected or skipped. No choice means `all`.
 */
export function matchesTags(own: readonly string[] | undefined, choice: TagChoice): boolean {
  const tags = new Set(own === undefined || own.length === 0 ? ['untagged'] : own);
  return isSelected(tags, choice.tags) && !isSkipped(tags, choice.skipTags);
}

function isSelected(tags: ReadonlySet<string>, selected: readonly string[]): boolean {
  if (selected.length === 0) return !tags.has('never');
  if (tags.has('always')) return true;
  if (selected.some((tag) => tags.has(tag))) return true;
  if (tags.has('never')) return false;
  return selected.includes('all') || (selected.includes('tagged') && !tags.has('untagged'));
}

function isSkipped(tags: ReadonlySet<string>, skipped: readonly string[]): boolean {
  if (skipped.some((tag) => tags.has(tag))) return true;
  if (skipped.includes('all')) return !tags.has('always');
  return skipped.includes('tagged') && !tags.has('untagged');
}
