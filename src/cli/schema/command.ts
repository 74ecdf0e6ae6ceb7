import { Argument, Command } from 'commander';
import type { SchemaName } from './write-schemas.js';

/**
 * Makes the command line of `provision schema`. It throws CommanderError instead of exiting.
 *
 * @param done is given the exit status
 */
export function schemaCommand(done: (status: number) => void): Command {
  return new Command('provision schema')
    .description('Prints JSON Schemas, by which an editor completes and checks sites and inventories.')
    .usage('site|inventory|vars [ROLE]|events, or --write DIR')
    .addArgument(new Argument('[what]', 'what to print the schema of').choices(['site', 'inventory', 'vars', 'events']))
    .argument('[role]', 'with vars: one role, instead of all that are in the package and in roles/ here')
    .option('--write <dir>', 'write all of them into a folder, as site.schema.json and so on')
    .helpOption('-h, --help', 'print this')
    .addHelpText('after', notes)
    .showHelpAfterError('(provision schema --help explains)')
    .exitOverride()
    .action(async (what: SchemaName | undefined, role: string | undefined, { write }: { write?: string }, command) => {
      if (what === undefined && write === undefined) command.help({ error: true });
      const { schemaAction } = await import('./write-schemas.js');
      done(await schemaAction({ ...(what && { what }), ...(role && { role }), ...(write !== undefined && { write }) }));
    });
}

const notes = `
Editors with the YAML language server (VS Code's YAML extension and others) take a schema from the first line of a file,

  # yaml-language-server: $schema=.provision/schemas/site.schema.json

or for many files from their settings, here after \`provision schema --write .provision/schemas\`:

  "yaml.schemas": {
    ".provision/schemas/site.schema.json": "site.yaml",
    ".provision/schemas/inventory.schema.json": ["inventory.yaml", "inventories/*.yaml"],
    ".provision/schemas/vars.schema.json": ["**/group_vars/**", "**/host_vars/**"]
  },
  "yaml.customTags": ["!vault scalar"]

Write them anew after an update, and when a role of yours has other variables. \`vars\` is for files in group_vars/ and
host_vars/, \`events\` for what --output json prints, line by line.`;
