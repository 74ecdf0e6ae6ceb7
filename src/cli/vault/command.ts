import { Command } from 'commander';
import { list } from '../terminal/option-values.js';
import type { EncryptRequest } from './encrypt.js';
import type { EncryptStringRequest } from './encrypt-string.js';
import type { VaultOptions } from './keyring.js';
import type { RekeyRequest } from './rekey.js';

/**
 * Makes the command line of `provision vault`, which throws CommanderError instead of exiting.
 * @param done receives the exit status
 */
export function vaultCommand(done: (status: number) => void): Command {
  const vault = new Command('provision vault')
    .description('Encrypts files and values as Ansible Vault does, which reads them too.')
    .usage('encrypt|decrypt|view|edit|rekey|encrypt-string …')
    .addHelpText('after', exitStatuses)
    .showHelpAfterError('(provision vault --help explains)')
    .exitOverride();
  const commands = [
    encryptingCommand('encrypt', 'Encrypts files, in place; without files, standard input to standard output.')
      .argument('[files...]')
      .action(async (files: string[], request: EncryptRequest) => {
        done(await (await import('./encrypt.js')).encryptAction(files, request));
      }),
    subcommand('decrypt', 'Decrypts files, in place; without files, standard input to standard output.')
      .argument('[files...]')
      .action(async (files: string[], request: VaultOptions) => {
        done(await (await import('./decrypt.js')).decryptAction(files, request));
      }),
    subcommand('view', 'Prints the content of encrypted files.')
      .argument('<files...>')
      .action(async (files: string[], request: VaultOptions) => {
        done(await (await import('./view.js')).viewAction(files, request));
      }),
    subcommand('edit', 'Opens an encrypted file in $EDITOR (default: vi), and encrypts it again.')
      .argument('<file>')
      .action(async (file: string, request: VaultOptions) => {
        done(await (await import('./edit.js')).editAction(file, request));
      }),
    subcommand('rekey', 'Gives encrypted files another password.')
      .argument('<files...>')
      .option('--new-vault-password-file <file>', 'a file with the new password, or a script that prints it')
      .option('--new-vault-id <[id@]source>', 'the new password, and id: a file, a script, or prompt')
      .action(async (files: string[], request: RekeyRequest) => {
        done(await (await import('./rekey.js')).rekeyAction(files, request));
      }),
    encryptingCommand(
      'encrypt-string',
      'Prints a text, entered or from standard input, as an encrypted value for YAML.',
    )
      .alias('encrypt_string')
      .argument('[text...]', '')
      .option('-n, --name <name>', 'the name of the variable')
      .action(async (words: string[], request: EncryptStringRequest) => {
        done(await (await import('./encrypt-string.js')).encryptStringAction(words, request));
      }),
  ];
  for (const command of commands) vault.addCommand(command);
  return vault;
}

/** Returns a command that encrypts. */
function encryptingCommand(name: string, description: string): Command {
  return subcommand(name, description).option(
    '--encrypt-vault-id <id>',
    'the id to encrypt with, where several are given',
  );
}

/** Returns a command with the options that all have. */
function subcommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .optionsGroup('Options:')
    .option(
      '--vault-password-file <file>',
      'a file with the password, or a script that prints it; repeatable',
      list,
      [],
    )
    .option('--vault-id <[id@]source>', 'the password of an id: a file, a script, or prompt; repeatable', list, [])
    .option('--ask-vault-password', 'enter the password (default where none is given)', false)
    .helpOption('-h, --help', 'print this')
    .showHelpAfterError(`(provision vault ${name} --help explains)`)
    .configureHelp({ optionDescription: (option) => option.description })
    .exitOverride();
}

const exitStatuses = `
The password may also be in the file, or come from the script, that PROVISION_VAULT_PASSWORD_FILE or
ANSIBLE_VAULT_PASSWORD_FILE names. Files keep their mode; when one fails, all others stay as they are.

Exit status: 0 success; 1 the input is wrong; 2 it failed.`;
