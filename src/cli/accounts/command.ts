import { Command } from 'commander';
import { actingCommand, serviceCommand } from '../service/service-command.js';
import type { ServiceRequest } from '../service/service-request.js';
import type { CreateRequest, SetupRequest, TokenRequest } from './request.js';

const subcommand = (name: string, description: string) => serviceCommand('accounts', name, description);
const acting = (name: string, description: string) => actingCommand('accounts', name, description);

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
      acting('ls', 'Lists the users.').action(async (request: ServiceRequest) =>
        done(await (await actions()).listAccounts(request)),
      ),
    )
    .addCommand(
      acting('rm', 'Deletes the account of a user, with its tokens and rights.')
        .argument('<name>', 'its name')
        .action(async (name: string, request: ServiceRequest) =>
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

function add(value: string, previous: readonly string[]): string[] {
  return [...previous, value];
}
