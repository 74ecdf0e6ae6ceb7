import { Command, InvalidArgumentError, Option } from 'commander';
import { visibilities } from '../../service/access/rights/roles.js';
import { pageThemes } from '../../service/config/page-themes.js';
import { list, wholeNumber } from '../terminal/option-values.js';
import { addDirectoryFlags } from './directory-flags.js';
import type { ServeServiceRequest } from './request.js';

/**
 * Makes the command line of `provision serve`, which throws CommanderError instead of exiting.
 * @param done receives the exit status
 */
export function serveServiceCommand(done: (status: number) => void): Command {
  const command = new Command('provision serve')
    .description('Runs the service: accounts, tokens and an API for registries, with a registry beside it.')
    .usage('[options]')
    .optionsGroup('Where:')
    .option('--config <file>', 'YAML or JSON with these options, "_" for "-"; options given here are stronger')
    .option('--state <folder>', 'folder of what the service keeps (default: .provision/service)')
    .option('--database <address>', 'file of SQLite, or postgres://USER@HOST/NAME (default: service.db in --state)')
    .option('--key-file <file>', 'key that seals secrets in the database; made when missing (default: key in --state)')
    .option(
      '--first-account <file>',
      'htpasswd file (bcrypt): its account is made, an administrator, while there is none',
    )
    .option('--listen <host:port>', 'address to listen on (default: 127.0.0.1:8080)')
    .option('--url <url>', 'address that clients use, where it is another one')
    .option('--tls-cert <file>', 'certificate of the service, PEM (default: plain http, on loopback alone)')
    .option('--tls-key <file>', 'its key, PEM')
    .option('--tls-ca <file>', 'authorities that signed it, for the registry beside it (default: the certificate)')
    .option('--trusted-proxy', 'a proxy before it speaks TLS, and says who asks')
    .optionsGroup('Access:')
    .addOption(
      new Option('--default-visibility <which>', 'of repositories that no rule is about (default: private)').choices(
        visibilities,
      ),
    )
    .option('--issuer <name>', 'name by which tokens are issued (default: provision)')
    .option('--pull-token-lifetime <seconds>', 'time that a token for pulls counts (default: 300)', lifetime)
    .option('--push-token-lifetime <seconds>', 'time that a token for pushes counts (default: 3600)', lifetime)
    .option('--requests-per-second <n>', 'requests of a client (default: 50)', positiveNumber)
    .option('--requests-burst <n>', 'requests of a client at once (default: 200)', wholeNumber)
    .option('--audit-days <n>', 'days for which the audit is kept (default: 365)', wholeNumber)
    .option('--undo-days <n>', 'days for which deletions can be undone; 0: not at all (default: 14)', wholeNumber)
    .addOption(
      new Option('--page-theme <which>', 'colours of the page for who has chosen none (default: auto)').choices(
        pageThemes,
      ),
    )
    .option('--audit-rows <n>', 'entries of the audit at most (default: 1000000)', wholeNumber)
    .option('--reconcile-every <seconds>', 'compare the index with each registry so often (default: 900)', wholeNumber)
    .optionsGroup('The registry beside it:')
    .option('--no-registry', 'run no registry')
    .option('--registry-listen <host:port>', 'address that it listens on (default: 127.0.0.1:5000)')
    .option('--registry-dir <folder>', 'folder of its images (default: registry in --state)')
    .option('--registry-name <name>', 'its name in rights and tokens (default: local)')
    .optionsGroup('Hosts and jobs:')
    .option('--site <file>', 'site whose hosts and registries it works on')
    .option('-i, --inventory <path>', 'inventory of the site; repeatable (default: the one beside it)', list)
    .option('--vault-password-file <file>', 'file with the vault password, read by jobs; repeatable', list)
    .option('--become-password-file <file>', 'file with the password of sudo on the hosts, read by jobs')
    .option('--accept-new', 'trust and remember the keys of hosts that are not in known_hosts')
    .option('--jobs-at-once <n>', 'jobs that run at a time (default: 4)', wholeNumber)
    .option('--jobs-kept <n>', 'jobs of each kind that are kept (default: 500)', wholeNumber)
    .option('--jobs-days <n>', 'days for which jobs are kept (default: 90)', wholeNumber)
    .option('--jobs-bytes <n>', 'bytes of the output of all jobs (default: 1073741824)', wholeNumber)
    .option('--drift-every <seconds>', 'check all hosts so often; 0: schedules alone do (default: 21600)', wholeNumber)
    .option('--vendors <file>', 'file of vendors: what jobs publish and withdraw')
    .option('--publish-listen <host:port>', 'address at which clients pull what vendors publish')
    .option('--publish-config <file>', 'configuration of Crane for it, INI')
    .option('--publish-client-ca <file>', 'authorities of certificates that open protected repositories there, PEM')
    .optionsGroup('Watching it:')
    .addOption(
      new Option('--metrics <who>', 'who reads /metrics (default: administrators)').choices(['administrators', 'open']),
    )
    .option('--metrics-token-file <file>', 'file with a token that opens /metrics as well')
    .option('--traces-endpoint <url>', 'send traces there, by OTLP over HTTP (default: as OTEL_… variables say)')
    .optionsGroup('Webhooks:')
    .option('--webhook-allow <target>', 'network, address or host that is refused else; repeatable', list)
    .option('--webhook-ca <file>', 'authorities that are trusted besides those that Node knows, PEM')
    .option('--webhook-days <n>', 'days for which events and deliveries are kept (default: 30)', wholeNumber)
    .option('--webhook-rows <n>', 'events, and deliveries, that are kept at most (default: 100000)', wholeNumber)
    .optionsGroup('Routes of the older server:')
    .option('--older-listen <host:port>', 'address of /registry as the older server had it, without accounts')
    .option('--older-host <name>', 'host of the site on which it makes registries')
    .option('--older-account <name>', 'account in whose name it does')
    .option('--older-versions <list>', 'versions that it takes (default: 31,32,33)', versions)
    .option(
      '--older-open',
      'it may listen elsewhere than on loopback: whoever reaches it makes and deletes registries',
    );
  return addDirectoryFlags(command)
    .optionsGroup('Instead of serving:')
    .option('--backup <folder>', 'copy the database and its key into a new folder in this one, also while it serves')
    .option('--backup-keep <n>', 'with --backup: keep the newest n, and remove older ones', copies)
    .option('--registry-settings <name>', 'print what a registry of --config is to be configured with, as JSON')
    .optionsGroup('Output:')
    .option('--log', 'log tokens that are issued, and requests of the registry, on standard error')
    .option('--json', 'print JSON', false)
    .option('-v, --verbose', 'print more', (_value: string, count: number) => count + 1, 0)
    .optionsGroup('About:')
    .helpOption('-h, --help', 'print this')
    .configureHelp({ optionDescription: (option) => option.description })
    .addHelpText('after', more)
    .showHelpAfterError('(provision serve --help explains)')
    .exitOverride()
    .action(async (request: ServeServiceRequest) => {
      if (request.backup !== undefined)
        done(await (await import('./back-up.js')).backUpService(request, request.backup));
      else if (request.registrySettings !== undefined) {
        done(await (await import('./registry-settings.js')).printRegistrySettings(request, request.registrySettings));
      } else done(await (await import('./serve.js')).serveService(request));
    });
}

const more = `
Each option is also a variable of the environment: PROVISION_SERVICE_ and its name in capitals, "_" for "-"
(PROVISION_SERVICE_LISTEN). Options given here are stronger than the environment, that than the file.`;

function versions(value: string): number[] {
  const numbers = value.split(',').map(Number);
  if (!/^\d{1,9}(,\d{1,9})*$/.test(value))
    throw new InvalidArgumentError('Numbers with commas between them are expected.');
  return numbers;
}

function lifetime(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 60 || number > 86_400) {
    throw new InvalidArgumentError('A number of seconds is expected, from 60 to 86400.');
  }
  return number;
}

function copies(value: string): number {
  const number = wholeNumber(value);
  if (number < 1) throw new InvalidArgumentError('A number from 1 on is expected.');
  return number;
}

function positiveNumber(value: string): number {
  const number = Number(value);
  if (!(number > 0) || number > 1e6) throw new InvalidArgumentError('A number above 0 is expected.');
  return number;
}
