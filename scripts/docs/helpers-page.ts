import { helperVariables, helperWords } from '../../src/site/explained/helper-words.js';
import { helpers } from '../../src/vars/template/template-helpers.js';
import { code, fenced, page, table } from './markdown.js';

/** Returns the page of helpers: how each is written, what it returns, an example with its result. */
export function helpersPage(): string {
  return page(
    'Helpers',
    'Functions of templates (`{{upper name}}`) and conditions (`when: eq arch "x86_64"`). Nested ones stand in parentheses: `not (eq port 80)`.',
    'The examples use these variables:',
    fenced('json', JSON.stringify(helperVariables, null, 2)),
    table(
      ['helper', 'description', 'example', 'result'],
      [...helpers].map(([name, { usage, max }]) => {
        const word = helperWords[name];
        const more = max === Number.POSITIVE_INFINITY ? ' …' : '';
        return [
          code(`${usage}${more}`),
          word?.means ?? '',
          code(word?.example ?? ''),
          code(JSON.stringify(word?.gives) ?? ''),
        ];
      }),
    ),
  );
}
