import { factsSchema } from '../../src/model/facts.js';
import { ansibleFacts, standInFacts } from '../../src/site/render/ansible-facts.js';
import { fieldsOf, formsOf } from './fields.js';
import { code, page, table } from './markdown.js';

/** Returns the page of facts: their names, types, meanings and examples, and their names in Ansible. */
export function factsPage(): string {
  return page(
    'Facts',
    'What is known of a host, read in one request before its tasks are made. In templates and conditions: `facts.os_family`; in roles: `facts`.',
    table(
      ['fact', 'type', 'description', 'example'],
      formsOf(factsSchema)
        .flatMap(fieldsOf)
        .map(({ name, type, description, examples: [example] }) => [
          code(name),
          type,
          description,
          code(JSON.stringify(example)),
        ]),
    ),
    "## Ansible's names",
    'Templates have these names of Ansible too. The values are those of a host with Debian 12.',
    table(
      ['name', 'example'],
      Object.entries(ansibleFacts(standInFacts))
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => [code(name), code(JSON.stringify(value))]),
    ),
  );
}
