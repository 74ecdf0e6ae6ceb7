import { Command, InvalidArgumentError, Option } from 'commander';
import { actingCommand } from '../service/service-command.js';
import type { ServiceRequest } from '../service/service-request.js';
import { list } from '../terminal/option-values.js';
import type { CreateRegistryRequest, RegistryJobRequest, SetRegistryRequest } from './request.js';

/**
 * Makes the command line of `provision registries`, which throws CommanderError instead of exiting.
 * @param done receives the exit status
 */
export function registriesCommand(done: (status: number) => void): Command {
  const actions = () => import('./actions.js');
  return new Command('provision registries')
    .description(
      'Lists, makes, changes and deletes registries of hosts, by the jobs of a service (provision serve --site).',
    )
    .usage('ls|create|set|rm …')
    .showHelpAfterError('(provision registries --help explains)')
    .exitOverride()
    .addCommand(
      acting('ls', 'Lists the registries.').action(async (request: ServiceRequest) =>
        done(await (await actions()).listRegistries(request)),
      ),
    )
    .addCommand(
      withFields(changing('create', 'Makes a registry on a host.'))
        .argument('[name]', 'its name (default: registryPORT)')
        .requiredOption('--host <name>', 'name of the host in the inventory')
        .action(async (name: string | undefined, request: CreateRegistryRequest) =>
          done(await (await actions()).createRegistry(name, request)),
        ),
    )
    .addCommand(
      withFields(changing('set', 'Changes a registry; what is not given stays.'))
        .argument('<name>', 'its name')
        .option('--unset <field>', "take a field away: the site's counts; repeatable", list, [])
        .action(async (name: string, request: SetRegistryRequest) =>
          done(await (await actions()).setRegistry(name, request)),
        ),
    )
    .addCommand(
      changing('rm', 'Deletes a registry. Its images stay where they are stored.')
        .argument('<name>', 'its name')
        .action(async (name: string, request: RegistryJobRequest) =>
          done(await (await actions()).removeRegistry(name, request)),
        ),
    );
}

const acting = (name: string, description: string) => actingCommand('registries', name, description);

function changing(name: string, description: string): Command {
  return acting(name, description)
    .option('-C, --check', 'show what would change, and change nothing', false)
    .option('--no-wait', 'end when the job is made')
    .option('--color', 'colour, though standard output is no terminal')
    .option('--no-color', 'no colour');
}

function withFields(command: Command): Command {
  return command
    .optionsGroup('The registry:')
    .option('--port <port>', 'its port, or `auto`: one from 5000 to 5999 that is free on the host', port)
    .option('--version <version>', 'version of its content, which selects the share')
    .option('--nfs <server:path>', 'share of an NFS server; {version} in the path is the version')
    .option('--directory <path>', 'folder of the host, in place of a share')
    .addOption(new Option('--runtime <which>', 'what it runs in').choices(['package', 'docker', 'podman', 'embedded']))
    .option('--writable', 'take pushes')
    .option('--read-only', 'take none, as a new one does')
    .option('--delete', 'take deletions')
    .option('--no-delete', 'take none')
    .addOption(
      new Option('--visibility <which>', 'of its repositories that no rule is about').choices([
        'public',
        'internal',
        'private',
      ]),
    )
    .addOption(new Option('--kind <which>', 'whom it is for').choices(['private', 'sponsor', 'mirror', 'vendor']))
    .option('--description <text>', 'what people read about it')
    .option('--address <host:port>', 'address in references (default: the host with the port)')
    .option('--trusted', 'it takes the tokens of the service')
    .option('--no-trusted', 'it does not')
    .option('--setting <name=value>', 'setting of registry-setup without registry_, as JSON; repeatable', list, []);
}

function port(value: string): number | 'auto' {
  if (value === 'auto') return value;
  const number = Number(value);
  if (Number.isInteger(number) && number >= 1 && number <= 65_535) return number;
  throw new InvalidArgumentError('`auto` or a port from 1 to 65535 is expected.');
}
