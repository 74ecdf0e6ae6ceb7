import { environmentWords } from '../../src/cli/explain/environment.js';
import { code, page, table } from './markdown.js';

/** Returns the page of environment variables. */
export function environmentPage(): string {
  return page(
    'Environment variables',
    'Variables that the command itself reads. A password is removed from the environment once it is read, so that no program started later inherits it.',
    table(
      ['variable', 'description'],
      Object.entries(environmentWords).map(([name, { means }]) => [code(name), means]),
    ),
  );
}
