import { Command, Option } from 'commander';
import { list, wholeNumber } from '../terminal/option-values.js';
import type { DoctorRequest } from './doctor.js';

/**
 * Makes the command line of `provision doctor`, which throws CommanderError instead of exiting.
 * @param done receives the exit status
 */
export function doctorCommand(done: (status: number) => void): Command {
  return new Command('provision doctor')
    .description(
      "Examines this machine's ssh, keys and agent, and hosts, and prints problems. Nothing is changed anywhere.",
    )
    .usage('[-i INVENTORY] [options]')
    .optionsGroup('What:')
    .option('-i, --inventory <path>', 'examine the hosts of this inventory too; repeatable', list, [])
    .option('-l, --limit <pattern>', 'only these of its hosts; repeatable', list, [])
    .option('-f, --forks <n>', 'number of hosts at a time', wholeNumber, 32)
    .optionsGroup('Connecting:')
    .option('-u, --user <name>', 'log in as this user')
    .option('--private-key <file>', 'log in with this key')
    .option('-b, --become', 'check that sudo works')
    .option('--become-user <name>', 'for this user (default: root)')
    .option('-K, --ask-become-pass', 'enter the sudo password, once for all hosts', false)
    .optionsGroup('Encrypted files and values (Ansible Vault):')
    .option('--vault-password-file <file>', 'a file with the vault password, or a script that prints it', list, [])
    .option('--vault-id <[id@]source>', 'the password of an id: a file, a script, or prompt', list, [])
    .option('--ask-vault-password', 'enter the vault password, when something is encrypted', false)
    .optionsGroup('Output:')
    .option(
      '-v, --verbose',
      'also print what is in order, of each host',
      (_value: string, count: number) => count + 1,
      0,
    )
    .addOption(new Option('--output <form>', 'lines or json').choices(['lines', 'json']).default('lines'))
    .option('--color', 'colour even off a terminal')
    .option('--no-color', 'no colour (as does NO_COLOR)')
    .helpOption('-h, --help', 'print this')
    .addHelpText('after', exitStatuses)
    .configureHelp({ optionDescription: (option) => option.description })
    .showHelpAfterError('(provision doctor --help explains)')
    .exitOverride()
    .action(async (request: DoctorRequest) => {
      done(await (await import('./doctor.js')).doctorAction(request));
    });
}

const exitStatuses = `
Exit status: 0 no problems; 1 the input is wrong; 2 this machine or a host has a problem; 4 a host cannot be
reached (6 both).`;
