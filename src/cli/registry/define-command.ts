import { Command } from 'commander';
import { list, positive } from '../terminal/option-values.js';

/** Receives the exit status of a command. */
export type Done = (status: number) => void;

/** Help text of an argument that names a registry. */
export const addressHelp = '[http[s]://]host[:port]…; http is written, or is for loopback';

/** Makes a command that talks to a registry: the options to reach it, and the account unless `creds` is false. */
export function registrySubcommand(name: string, description: string, creds = true): Command {
  const command = plainSubcommand(name, description)
    .option('--plain-http', 'speak http, not https', false)
    .option(
      '--ca <[host=]file>',
      'trust these authorities, PEM; repeatable (also: certs.d folders of docker and podman)',
      list,
      [],
    )
    .option('--cert <file>', 'certificate of a client, PEM')
    .option('--key <file>', 'its key, PEM')
    .option('--insecure', 'accept any certificate', false)
    .option('--authfile <file>', 'read accounts from this file (default: those of podman and docker)')
    .option('--timeout <seconds>', 'give up after this time', positive);
  if (!creds) return command;
  return command
    .option('--creds <user>', 'use this account; its password is asked for, or PROVISION_REGISTRY_PASSWORD')
    .option('--password-stdin', 'read the password for --creds from standard input', false);
}

/** Makes a command with the options that all commands of a registry have. */
export function plainSubcommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .optionsGroup('Options:')
    .showHelpAfterError(`(provision registry ${name} --help explains)`)
    .helpOption('-h, --help', 'print this')
    .configureHelp({ optionDescription: (option) => option.description })
    .exitOverride()
    .option('--json', 'print JSON', false)
    .option('-v, --verbose', 'print more', (_value: string, count: number) => count + 1, 0);
}
