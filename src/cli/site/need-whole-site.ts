import { InputError } from '../../diagnostics/diagnostic.js';
import type { ProvisionRequest } from './request.js';

/** @throws InputError for --prune beside an option that leaves tasks of the site out: they would count as no longer named */
export function needWholeSite({ tags, skipTags, startAtTask, root }: ProvisionRequest): void {
  const partial = [
    ...(tags.length > 0 ? ['--tags'] : []),
    ...(skipTags.length > 0 ? ['--skip-tags'] : []),
    ...(startAtTask === undefined ? [] : ['--start-at-task']),
    ...(root === undefined ? [] : ['--root']),
  ];
  if (partial.length === 0) return;
  const message = `--prune removes what the whole site no longer names, and can't be used with ${partial.join(', ')}`;
  throw new InputError([{ code: 'option', message, hint: 'leave one of them out' }]);
}
