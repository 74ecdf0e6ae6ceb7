import { Command } from 'commander';
import type { AccountsRequest, CreateRequest, SetupRequest, TokenRequest } from './request.js';

/**
 * Makes the command line of `provision accounts`, which throws CommanderError instead of exiting.
 * @param done receives the exit status
 */
export function accountsCommand(done: (status: number) => void): Command {
  const actions = () => import('./actions.js');
  return new Command('provision accounts')
    .description('Makes and lists accounts of a service (provision serve).')
    .usage('setup|create|ls|rm|token …')
    .showHelpAfterError('(provision accounts --help explains)')
    .exitOverride()
    .addCommand(
      subcommand('setup', 'Makes the first account, an administrator.')
        .argument('<name>', 'small letters and digits')
        .requiredOption('--token <token>', 'the token that the service printed when it started')
        .action(async (name: string, request: SetupRequest) =>
          done(await (await actions()).setupAccount(name, request)),
        ),
    )
    .addCommand(
      acting('create', 'Makes an account of a user.')
        .argument('<name>', 'small letters and digits')
        .option('--admin', 'it may administer the service', false)
        .option('--full-name <text>', 'name of the person')
        .action(async (name: string, request: CreateRequest) =>
          done(await (await actions()).createAccount(name, request)),
        ),
    )
    .addCommand(
      acting('ls', 'Lists the users.').action(async (request: AccountsRequest) =>
        done(await (await actions()).listAccounts(request)),
      ),
    )
    .addCommand(
      acting('rm', 'Deletes the account of a user, with its tokens and rights.')
        .argument('<name>', 'its name')
        .action(async (name: string, request: AccountsRequest) =>
          done(await (await actions()).removeAccount(name, request)),
        ),
    )
    .addCommand(
      acting('token', 'Makes an access token of the account, and prints it once.')
        .argument('<label>', 'what it is for')
        .option('--pull <path>', 'narrow it to pulls from a repository, or from all below team/; repeatable', add, [])
        .option('--push <path>', 'narrow it to pulls and pushes there; repeatable', add, [])
        .option('--api <reach>', 'how far it opens the API: none, read or write', 'none')
        .action(async (label: string, request: TokenRequest) =>
          done(await (await actions()).createToken(label, request)),
        ),
    );
}

/** Makes a command that acts by an account. */
function acting(name: string, description: string): Command {
  return subcommand(name, description).requiredOption(
    '--as <account>',
    'account to act by; its password or access token is asked for, or PROVISION_ACCOUNT_PASSWORD',
  );
}

function subcommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .optionsGroup('Options:')
    .showHelpAfterError(`(provision accounts ${name} --help explains)`)
    .helpOption('-h, --help', 'print this')
    .configureHelp({ optionDescription: (option) => option.description })
    .exitOverride()
    .option('--service <url>', 'address of the service', 'http://127.0.0.1:8080')
    .option('--password-stdin', 'read the password from standard input (default: asked for)', false)
    .option('--json', 'print JSON', false)
    .option('-v, --verbose', 'print more', (_value: string, count: number) => count + 1, 0);
}

function add(value: string, previous: readonly string[]): string[] {
  return [...previous, value];
}
