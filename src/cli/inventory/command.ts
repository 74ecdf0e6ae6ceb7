import { Command } from 'commander';
import { list } from '../terminal/option-values.js';
import type { InventoryRequest } from './show.js';

/**
 * Makes the command line of `provision inventory`, which throws CommanderError instead of exiting.
 * @param done receives the exit status
 */
export function inventoryCommand(done: (status: number) => void): Command {
  return new Command('provision inventory')
    .description('Prints hosts, groups and variables as inventories give them, as ansible-inventory does.')
    .usage('--list | --graph [GROUP] [--vars] | --host HOST [--explain]')
    .argument('[group]', 'with --graph: the group to start with (default: all)')
    .optionsGroup('What to print:')
    .option('--list', 'all hosts and groups, as JSON', false)
    .option('--graph [group]', 'groups with their children and hosts, as a tree')
    .option('--vars', 'with --graph: the variables too', false)
    .option('--host <name>', 'the variables of one host, as JSON')
    .option('--explain', 'with --host: the file and line of each value, and the weaker values that it overrides', false)
    .optionsGroup('Where:')
    .option(
      '-i, --inventory <path>',
      'inventory file or folder, YAML or INI, or host1,host2,; repeatable (default: as beside a site, in this folder)',
      list,
      [],
    )
    .option('-l, --limit <pattern>', 'with --list: only these hosts; repeatable', list, [])
    .option(
      '--playbook-dir <dir>',
      'folder of the site, whose group_vars/ and host_vars/ are read too (default: this one)',
    )
    .optionsGroup('Encrypted files and values (Ansible Vault):')
    .option(
      '--vault-password-file <file>',
      'a file with the password, or a script that prints it; repeatable',
      list,
      [],
    )
    .option('--vault-id <[id@]source>', 'the password of an id: a file, a script, or prompt; repeatable', list, [])
    .option('--ask-vault-password', 'enter the vault password, when a file is encrypted', false)
    .optionsGroup('About:')
    .helpOption('-h, --help', 'print this')
    .addHelpText('after', notes)
    .configureHelp({ optionDescription: (option) => option.description })
    .showHelpAfterError('(provision inventory --help explains)')
    .exitOverride()
    .action(async (group: string | undefined, request: InventoryRequest) => {
      const { showInventory } = await import('./show.js');
      done(await showInventory(request.graph === true && group !== undefined ? { ...request, graph: group } : request));
    });
}

const notes = `
Values marked !vault are printed encrypted, and need no password. Files that are encrypted as a whole are opened:
--list and --host print their values, --explain does not.

Exit status: 0 success; 1 the inventory or an argument is wrong.`;
