import { Command } from 'commander';

/** Makes a command of a group, which talks to a service: `accounts setup`. */
export function serviceCommand(group: string, name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .optionsGroup('Options:')
    .showHelpAfterError(`(provision ${group} ${name} --help explains)`)
    .helpOption('-h, --help', 'print this')
    .configureHelp({ optionDescription: (option) => option.description })
    .exitOverride()
    .option('--service <url>', 'address of the service', 'http://127.0.0.1:8080')
    .option('--password-stdin', 'read the password from standard input (default: asked for)', false)
    .option('--json', 'print JSON', false)
    .option('-v, --verbose', 'print more', (_value: string, count: number) => count + 1, 0);
}

/** Makes a {@link serviceCommand} that acts by an account. */
export function actingCommand(group: string, name: string, description: string): Command {
  return serviceCommand(group, name, description).requiredOption(
    '--as <account>',
    'account to act by; its password or access token is asked for, or PROVISION_ACCOUNT_PASSWORD',
  );
}
