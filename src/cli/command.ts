import { existsSync } from 'node:fs';
import { Command, CommanderError, Option } from 'commander';
import { currentSecrets } from '../diagnostics/secrets/session-secrets.js';
import { guardTerminal } from '../report/streams/printable-stream.js';
import { guardOutput } from '../report/streams/redacted-stream.js';
import { outputs, type ProvisionRequest, rerunChoices } from './site/request.js';
import { outliveClosedPipes } from './terminal/closed-pipe.js';
import { flush } from './terminal/flush.js';
import { list, wholeNumber } from './terminal/option-values.js';
import { packageVersion } from './terminal/package-version.js';
import { printUsageErrors } from './usage-errors.js';

/** Parses the command line, runs the command, and ends the process with its exit status. */
export async function runCommand(argv: readonly string[]): Promise<void> {
  outliveClosedPipes();
  for (const stream of [process.stdout, process.stderr]) guardTerminal(stream);
  guardOutput(process.stderr, currentSecrets());
  // Node would print it as it is, past the gates.
  process.once('uncaughtException', (error) => void printError(error, argv).then(end));
  await end(await statusOf(argv));
}

async function end(status: number): Promise<void> {
  await flush();
  process.exit(status);
}

/** Parses the command line, runs the command, and returns its exit status. */
export async function statusOf(argv: readonly string[]): Promise<number> {
  let status = 0;
  if (argv[2] === 'run-job') return (await import('./serve/run-job.js')).runJob();
  const group = await groups.get(argv[2] ?? '')?.((ended) => {
    status = ended;
  });
  const command =
    group ??
    provisionCommand(async (request) => {
      const { provision } = await import('./site/provision.js');
      status = await provision(request);
    });
  printUsageErrors(command);
  const meant = group === undefined ? await misspeltCommand(argv[2] ?? '') : undefined;
  if (meant !== undefined) return printError(meant, argv);
  try {
    await command.parseAsync(group === undefined ? argv : argv.toSpliced(2, 1));
    return status;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    return printError(error, argv);
  }
}

/** Returns the error of a word that is no site, and nearly one of the commands. */
async function misspeltCommand(word: string): Promise<Error | undefined> {
  if (!/^[a-z]+$/.test(word) || existsSync(word)) return undefined;
  const [{ nearest }, { InputError }] = await Promise.all([
    import('../diagnostics/nearest.js'),
    import('../diagnostics/diagnostic.js'),
  ]);
  const near = nearest(word, groups.keys());
  if (near === undefined) return undefined;
  const message = `there is no command and no site "${word}"`;
  return new InputError([{ code: 'unreadable-file', message, hint: `did you mean \`provision ${near}\`?` }]);
}

async function printError(error: unknown, argv: readonly string[]): Promise<number> {
  const { complainOf } = await import('./terminal/complain.js');
  return complainOf(error, { verbose: argv.includes('-vvv') ? 3 : 0 });
}

type Group = (done: (status: number) => void) => Promise<Command>;

/** Commands beside the one that runs a site. A site of that name is written `./images`. */
export const groups: ReadonlyMap<string, Group> = new Map<string, Group>([
  ['explain', async (done) => (await import('./explain/command.js')).explainCommand(done)],
  ['images', async (done) => (await import('./images/command.js')).imagesCommand(done)],
  ['doctor', async (done) => (await import('./doctor/command.js')).doctorCommand(done)],
  ['init', async (done) => (await import('./init/command.js')).initCommand(done)],
  ['inventory', async (done) => (await import('./inventory/command.js')).inventoryCommand(done)],
  ['publish', async (done) => (await import('./publish/command.js')).publishCommand(done)],
  ['registry', async (done) => (await import('./registry/command.js')).registryCommand(done)],
  ['registries', async (done) => (await import('./registries/command.js')).registriesCommand(done)],
  ['runs', async (done) => (await import('./runs/command.js')).runsCommand(done)],
  ['accounts', async (done) => (await import('./accounts/command.js')).accountsCommand(done)],
  ['publish', async (done) => (await import('./publish/command.js')).publishCommand(done)],
  ['serve', async (done) => (await import('./serve/command.js')).serveServiceCommand(done)],
  ['schema', async (done) => (await import('./schema/command.js')).schemaCommand(done)],
  ['vault', async (done) => (await import('./vault/command.js')).vaultCommand(done)],
]);

/**
 * Makes the command line of `provision`, which throws CommanderError instead of exiting.
 * @param action runs the site
 */
export function provisionCommand(action: (request: ProvisionRequest) => Promise<void>): Command {
  return new Command('provision')
    .description('Brings hosts to the state that a site describes, over SSH.')
    .usage('SITE.yaml [options]')
    .argument('<site>', 'the site: plays over the hosts of an inventory')
    .optionsGroup('What and where:')
    .option(
      '-i, --inventory <path>',
      'inventory file or folder, YAML or INI; repeatable (default: inventory.yaml, inventory/, inventory.ini, hosts, hosts.ini or inventories/hosts.yaml beside the site)',
      list,
      [],
    )
    .option('-l, --limit <pattern>', 'only these hosts of each play; repeatable', list, [])
    .addOption(
      new Option(
        '--rerun <which>',
        'only hosts that in the last run failed or did not finish (failed), that succeeded (success), or all',
      ).choices(rerunChoices),
    )
    .option('-t, --tags <tags>', 'only tasks with one of these tags; repeatable', commaList, [])
    .option('--skip-tags <tags>', 'skip tasks with one of these tags; repeatable', commaList, [])
    .option('-e, --extra-vars <vars>', 'variables above all others: k=v, {…} or @file; repeatable', list, [])
    .option(
      '--ask <name>',
      "enter a variable's value, which is a secret (or set PROVISION_ASK_NAME); repeatable",
      list,
      [],
    )
    .optionsGroup('How:')
    .option('-C, --check', 'show what would change, and change nothing', false)
    .option('-D, --diff', 'show differences', false)
    .option('--update', 'update what provision wrote and nobody has edited since', false)
    .option('--prune', 'remove what an earlier run made and the site no longer names', false)
    .option('--drop-pending', 'forget handlers that an earlier run left and no play has', false)
    .option('--force', 'update configuration that exists and differs, leaving a backup', false)
    .option('--sync', "sync images, whatever the roles' variables say")
    .option('--no-sync', 'only look: which registry runs, and which images it has')
    .option('--root <dir>', 'stage into a folder: every path is below it; packages and services are skipped')
    .option('-f, --forks <n>', 'number of hosts at a time (default: 32)', wholeNumber, 32)
    .option('--start-at-task <name>', 'start with the first task of this name; * and ? match anything')
    .option('--step', 'ask before each task of each host, one host after the other', false)
    .option('--strict', 'with --check: exit with 3 when there are differences', false)
    .optionsGroup('Connecting:')
    .option('-u, --user <name>', 'log in as this user')
    .option('--private-key <file>', 'log in with this key')
    .option('-b, --become', 'run as another user, by sudo')
    .option('--become-user <name>', 'that user (default: root)')
    .option(
      '-K, --ask-become-pass',
      'enter the sudo password, once for all hosts (or set PROVISION_BECOME_PASSWORD)',
      false,
    )
    .option('--accept-new', 'trust and remember the keys of hosts that are not in known_hosts', false)
    .optionsGroup('Encrypted files and values (Ansible Vault):')
    .option(
      '--vault-password-file <file>',
      'a file with the vault password, or a script that prints it; repeatable',
      list,
      [],
    )
    .option('--vault-id <[id@]source>', 'the password of an id: a file, a script, or prompt; repeatable', list, [])
    .option('--ask-vault-password', 'enter the vault password, when something is encrypted', false)
    .optionsGroup('Check and list, without contacting a host:')
    .option('--syntax-check', 'check the site, its inventory and variables', false)
    .option('--list-hosts', 'list the hosts of each play', false)
    .option('--list-tasks', 'list the tasks', false)
    .option('--list-tags', 'list the tags', false)
    .optionsGroup('Output:')
    .option('-v, --verbose', 'print more; -vv and -vvv even more', (_value: string, count: number) => count + 1, 0)
    .addOption(
      new Option('--output <form>', 'live, lines, json or junit (default: live on a terminal, else lines)').choices(
        outputs,
      ),
    )
    .option('--junit <file>', 'also write a JUnit report')
    .option('--profile', 'list the slowest tasks at the end', false)
    .option('--color', 'colour even off a terminal')
    .option('--no-color', 'no colour (as does NO_COLOR)')
    .optionsGroup('About:')
    .version(packageVersion(), '--version', 'print the version')
    .helpOption('-h, --help', 'print this')
    .addHelpText('after', exitStatuses)
    .configureHelp({ optionDescription: (option) => option.description })
    .showHelpAfterError('(provision --help explains)')
    .exitOverride()
    .action((site: string, options: Omit<ProvisionRequest, 'site'>) => action({ ...options, site }));
}

const exitStatuses = `
Other commands: provision images sync|save|load, provision registry ping|ls|tags|…,
provision vault encrypt|view|edit|…, provision inventory --list|--graph|--host, provision schema,
provision runs list|show, provision explain WORD, provision doctor, provision init, provision serve,
provision accounts setup|create|…, provision publish BUCKET APP SOURCE, provision publish serve|…
(--help explains each).

Each run leaves a log, without secrets, in .provision/runs beside the site; the last 50 are kept
(PROVISION_KEEP_RUNS=0: none).

Exit status: 0 success; 1 the input is wrong, no host was contacted; 2 a host failed; 4 a host was
unreachable (6 both); 3 differences (--check --strict); 130 interrupted.`;

/** Adds the words of a value, which may hold several between commas. */
function commaList(value: string, previous: readonly string[]): string[] {
  const words = value.split(',').map((word) => word.trim());
  return [...previous, ...words.filter((word) => word !== '')];
}
