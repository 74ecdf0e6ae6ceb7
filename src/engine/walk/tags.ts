/** What `--tags` and `--skip-tags` ask for. */
export interface TagChoice {
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
}

/**
 * Whether a task with these tags is to run, by Ansible's rules: `always` runs unless skipped by name, `never` only when
 * one of its tags is asked for; `all`, `tagged` and `untagged` may be asked for or skipped. No choice means `all`.
 */
export function isChosen(own: readonly string[] | undefined, choice: TagChoice): boolean {
  const tags = new Set(own === undefined || own.length === 0 ? ['untagged'] : own);
  return isAskedFor(tags, choice.tags) && !isLeftOut(tags, choice.skipTags);
}

function isAskedFor(tags: ReadonlySet<string>, asked: readonly string[]): boolean {
  if (asked.length === 0) return !tags.has('never');
  if (tags.has('always')) return true;
  if (asked.some((tag) => tags.has(tag))) return true;
  if (tags.has('never')) return false;
  return asked.includes('all') || (asked.includes('tagged') && !tags.has('untagged'));
}

function isLeftOut(tags: ReadonlySet<string>, skipped: readonly string[]): boolean {
  if (skipped.some((tag) => tags.has(tag))) return true;
  if (skipped.includes('all')) return !tags.has('always');
  return skipped.includes('tagged') && !tags.has('untagged');
}
