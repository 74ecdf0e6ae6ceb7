import { serverConfig } from '../../src/registry/server/config/config-schema.js';
import { fieldsOf, formsOf } from './fields.js';
import { code, fenced, page, table } from './markdown.js';

/** Returns the page of the embedded registry's configuration file: all its keys. */
export function registryConfigPage(): string {
  return page(
    'Configuration of the embedded registry',
    'Keys of the file that `provision registry serve --config FILE` reads, in YAML or JSON. An option of the command has the same name, with `-` for `_`, and is stronger. Paths are relative to the folder of the file. [The embedded registry](../embedded-registry.md) explains them.',
    table(
      ['key', 'type', 'description'],
      formsOf(serverConfig)
        .flatMap(fieldsOf)
        .map(({ name, type, description }) => [code(name), type, description]),
    ),
    fenced('yaml', 'dir: /srv/images\nhtpasswd: accounts\ndelete: true'),
  );
}
