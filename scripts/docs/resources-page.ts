import { resourceKinds } from '../../src/resources/all.js';
import { resourceExamples } from '../../src/site/explained/resource-examples.js';
import { fieldsOf, formsOf } from './fields.js';
import { code, fenced, page, table } from './markdown.js';

/** Returns the page of resources: what each is, an example, its parameters. */
export function resourcesPage(): string {
  const kinds = [...resourceKinds].sort((a, b) => (a.kind < b.kind ? -1 : 1));
  return page(
    'Resources',
    'A task has one resource. `provision explain NAME` prints the same in a terminal.',
    table(
      ['resource', 'summary'],
      kinds.map(({ kind, summary }) => [`[${kind}](#${kind})`, summary]),
    ),
    ...kinds.flatMap(({ kind, summary, params }) => [
      `## ${kind}`,
      `${summary}.`,
      fenced('yaml', resourceExamples[kind] ?? ''),
      table(
        ['parameter', 'type', 'default', 'description'],
        formsOf(params)
          .flatMap(fieldsOf)
          .map(({ name, type, isRequired, defaultValue, description }) => [
            code(name),
            type,
            isRequired ? 'required' : defaultValue,
            description,
          ]),
      ),
    ]),
  );
}
