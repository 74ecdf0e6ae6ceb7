import { Command, InvalidArgumentError, Option } from 'commander';
import { list, positive, wholeNumber } from '../terminal/option-values.js';
import type { CopyRequest } from './commands/copy.js';
import type { GcRequest } from './commands/gc.js';
import type { LoginRequest } from './commands/login.js';
import type { RetainRequest } from './commands/retain.js';
import type { SearchRequest } from './commands/search.js';
import type { ServeRequest } from './commands/serve.js';
import type { UpgradePlanRequest } from './commands/upgrade-plan.js';
import type { RegistryRequest } from './registry-options.js';

/** The command line of `provision registry`. Throws CommanderError instead of exiting. @param done is given the exit status */
export function registryCommand(done: (status: number) => void): Command {
  const registry = new Command('provision registry')
    .description('Looks into registries, and after them.')
    .usage('ping|ls|tags|search|inspect|copy|tag|rm|retain|gc|login|logout|serve|upgrade-plan …')
    .addHelpText('after', exitStatuses)
    .showHelpAfterError('(provision registry --help explains)')
    .exitOverride();
  for (const command of [...looking(done), ...changing(done), ...accounts(done), serving(done), upgrading(done)]) {
    registry.addCommand(command);
  }
  return registry;
}

function looking(done: (status: number) => void): Command[] {
  return [
    plain('ping', 'Says whether a registry answers, and takes the account.')
      .argument('<registry>', address)
      .action(async (registry: string, request: RegistryRequest) => {
        done(await (await import('./commands/ping.js')).pingAction(registry, request));
      }),
    plain('ls', 'Lists the repositories of a registry, or those below a path.')
      .argument('<registry[/path]>', address)
      .action(async (registry: string, request: RegistryRequest) => {
        done(await (await import('./commands/ls.js')).lsAction(registry, request));
      }),
    plain('tags', 'Lists the tags of a repository.')
      .argument('<registry/repository>', address)
      .option('-l, --long', 'with digest, size, date and platforms', false)
      .action(async (repository: string, request: RegistryRequest & { long: boolean }) => {
        done(await (await import('./commands/tags.js')).tagsAction(repository, request));
      }),
    plain('search', 'Finds repositories by a part of their name, in pages.')
      .argument('<registry>', address)
      .argument('[text]', 'part of the name, capitals or not (default: all)')
      .option('-n, --limit <n>', 'results a page, 1 to 100', pageSize, 25)
      .option('--page <n>', 'which page', wholeNumber, 1)
      .action(async (registry: string, text: string | undefined, request: SearchRequest) => {
        done(await (await import('./commands/search.js')).searchAction(registry, text, request));
      }),
    plain('inspect', 'Shows what an image is: platforms, sizes, dates, annotations.')
      .argument('<registry/repository[:tag]>', `${address}; default tag: latest`)
      .action(async (image: string, request: RegistryRequest) => {
        done(await (await import('./commands/inspect.js')).inspectAction(image, request));
      }),
  ];
}

function changing(done: (status: number) => void): Command[] {
  return [
    plain('copy', 'Copies one image, with its signatures and attestations; the digest stays.')
      .argument('<from>', 'registry/repository[:tag][@digest]')
      .argument('<to>', 'registry/repository[:tag] (default: the same tag)')
      .option('--platform <os/arch>', 'only these of an image for several; repeatable (changes the digest)', list, [])
      .addOption(new Option('--attachments <which>', 'all or none').choices(['all', 'none']).default('all'))
      .action(async (from: string, to: string, request: CopyRequest) => {
        done(await (await import('./commands/copy.js')).copyAction(from, to, request));
      }),
    plain('tag', 'Gives an image another tag in its repository; bytes and digest stay.')
      .argument('<registry/repository[:tag]>', `${address}; default tag: latest`)
      .argument('<new-tag>', 'the other tag')
      .action(async (image: string, tag: string, request: RegistryRequest) => {
        done(await (await import('./commands/tag.js')).tagAction(image, tag, request));
      }),
    plain('rm', 'Takes one tag away; other tags of the same image keep it.')
      .argument('<registry/repository:tag>', 'or @digest, which takes all its tags along')
      .option('--force', 'remove a digest although tags or indexes name it', false)
      .action(async (image: string, request: RegistryRequest & { force: boolean }) => {
        done(await (await import('./commands/rm.js')).rmAction(image, request));
      }),
    plain('retain', 'Removes tags that no rule keeps: says which; with --yes, does it.')
      .argument('<registry[/path]>', 'a registry, a repository, or all below a path')
      .option('--newest <n>', 'keep the N newest images of each repository, by the date they were built', wholeNumber)
      .option('--younger-than <time>', 'keep images younger than this: 30d, 12h, 8w', duration)
      .option('--keep <pattern>', 'keep tags that match, a glob or /expression/; repeatable', list, [])
      .option('--deny <pattern>', 'remove tags that match, whatever else keeps them but --keep; repeatable', list, [])
      .option('--allow-empty', 'remove all of a repository where no rule keeps any', false)
      .option('--yes', 'do it', false)
      .action(async (path: string, request: RetainRequest) => {
        done(await (await import('./commands/retain.js')).retainAction(path, request));
      }),
    plain(
      'gc',
      'Frees the space of what nothing names, on the host of the registry: says how much; with --yes, does it.',
    )
      .argument('<registry>', address)
      .requiredOption('--on <host>', 'the host it runs on: [user@]host[:port], by SSH; or local')
      .option('--unit <name>', 'the unit of systemd it is (default: found)')
      .option('--container <name>', 'the container it is (default: found)')
      .option('-m, --delete-untagged', 'manifests without a tag go too (refused where that loses images)', false)
      .option('--private-key <file>', 'log in with this key')
      .option('-b, --become', 'be root there, by sudo', false)
      .option('-K, --ask-become-pass', 'ask for the sudo password (or set PROVISION_BECOME_PASSWORD)', false)
      .option('--accept-new', 'trust and remember the key of a host that is not in known_hosts', false)
      .option('--yes', 'do it', false)
      .action(async (registry: string, request: GcRequest) => {
        done(await (await import('./commands/gc.js')).gcAction(registry, request));
      }),
  ];
}

function accounts(done: (status: number) => void): Command[] {
  return [
    plain('login', 'Keeps an account, once the registry has accepted it, where docker and podman find it.', false)
      .argument('<registry[/namespace]>', address)
      .option('-u, --username <user>', 'the user (default: asked for)')
      .option('--password-stdin', 'the password is on standard input (default: asked for)', false)
      .action(async (registry: string, request: LoginRequest) => {
        done(await (await import('./commands/login.js')).loginAction(registry, request));
      }),
    plain('logout', 'Forgets an account.', false)
      .argument('<registry[/namespace]>', address)
      .action(async (registry: string, request: RegistryRequest) => {
        done(await (await import('./commands/logout.js')).logoutAction(registry, request));
      }),
  ];
}

function serving(done: (status: number) => void): Command {
  return bare('serve', 'Is a registry: serves a folder, laid out as docker-registry has it, until it is stopped.')
    .requiredOption('--dir <folder>', 'its storage; made when it is not there')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <n>', 'port to listen on; 0: any that is free', portNumber, 5000)
    .option('--read-only', 'refuse whatever writes', false)
    .option('--delete', 'let manifests, tags and blobs be deleted', false)
    .option('--htpasswd <file>', 'accounts, bcrypt (default: anybody may do all)')
    .option('--tls-cert <file>', 'its certificate, PEM (default: plain http)')
    .option('--tls-key <file>', 'the key of it, PEM')
    .option('--log', 'a line a request, on standard error', false)
    .action(async (request: ServeRequest) => {
      done(await (await import('./commands/serve.js')).serveAction(request));
    });
}

function upgrading(done: (status: number) => void): Command {
  return bare(
    'upgrade-plan',
    "Says what an upgrade from distribution 2.x would break, from a registry's configuration.",
  )
    .argument('<config.yml>', 'its configuration')
    .option('--to <version>', 'the version to upgrade to', '3.1')
    .option('--storage <folder>', 'its storage, looked through for images of schema 1 (default: as configured)')
    .action(async (file: string, request: UpgradePlanRequest) => {
      done(await (await import('./commands/upgrade-plan.js')).upgradePlanAction(file, request));
    });
}

const address = '[http[s]://]host[:port]…; http is said, or is for loopback';

/** A command with the options of all that ask a registry. */
function plain(name: string, description: string, creds = true): Command {
  const command = bare(name, description)
    .option('--plain-http', 'speak http, not https', false)
    .option(
      '--ca <[host=]file>',
      'authorities to trust, PEM; repeatable (also: certs.d folders of docker and podman)',
      list,
      [],
    )
    .option('--cert <file>', "a client's certificate, PEM")
    .option('--key <file>', 'its key, PEM')
    .option('--insecure', 'take any certificate', false)
    .option('--authfile <file>', 'accounts (default: those of podman and docker)')
    .option('--timeout <seconds>', 'give up after so long', positive);
  if (!creds) return command;
  return command
    .option('--creds <user>', 'this account; its password is asked for, or PROVISION_REGISTRY_PASSWORD')
    .option('--password-stdin', 'the password for --creds is on standard input', false);
}

/** A command with the options that all have. */
function bare(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .optionsGroup('Options:')
    .showHelpAfterError(`(provision registry ${name} --help explains)`)
    .helpOption('-h, --help', 'print this')
    .configureHelp({ optionDescription: (option) => option.description })
    .exitOverride()
    .option('--json', 'print JSON', false)
    .option('-v, --verbose', 'say more', (_value: string, count: number) => count + 1, 0);
}

const exitStatuses = `
Exit status: 0 done; 1 the input is wrong; 2 something asked for is not there, or failed; 4 a registry was unreachable;
130 interrupted.`;

function portNumber(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 0 || number > 65_535) throw new InvalidArgumentError('A port is expected.');
  return number;
}

function pageSize(value: string): number {
  const number = wholeNumber(value);
  if (number > 100) throw new InvalidArgumentError('A page has 100 results at most.');
  return number;
}

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

function duration(value: string): number {
  const [, number, unit] = /^(\d+)([smhdw])$/.exec(value) ?? [];
  const seconds = units[unit ?? ''];
  if (seconds === undefined) throw new InvalidArgumentError('A time such as 12h, 30d or 8w is expected.');
  return Number(number) * seconds;
}
