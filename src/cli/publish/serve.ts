import { type Command, InvalidArgumentError, Option } from 'commander';
import { InputError } from '../../diagnostics/diagnostic.js';
import { reasonOf } from '../../diagnostics/reason.js';
import { RegistryError } from '../../registry/registry-error.js';
import { complainOf } from '../terminal/complain.js';
import { takeInterrupts } from '../terminal/interrupt.js';
import { list, webAddress, wholeNumber } from '../terminal/option-values.js';
import { printJson, printLines, printMessage } from '../terminal/output.js';
import type { ListenAddress, ServeCraneRequest } from './serve-request.js';
import type { OpenedStore } from './served-store.js';

/** Adds `serve` to `provision publish`. */
export function addServeCommand(publish: Command, done: (status: number) => void): void {
  publish
    .command('serve')
    .description('Answers clients as Crane did: from redirect files, with redirects to where the content is.')
    .optionsGroup('Options:')
    .option('--data-dir <folder>', 'folder of redirect files (default: data_dir of --config)')
    .option('--listen <host:port>', 'address to listen on; port 0: any that is free', listenAddress, {
      host: '127.0.0.1',
      port: 5001,
    })
    .option(
      '--config <file>',
      'configuration of Crane, INI (default: $CRANE_CONFIG_PATH, or /etc/crane.conf where it is)',
    )
    .option('--interval <seconds>', 'look at the folder so often (default: 60)', wholeNumber)
    .option('--endpoint <host>', 'host that images of version 1 are had from (default: the one that was asked)')
    .option('--content-v1 <folder>', 'serve the content of version 1 from this folder')
    .option('--content-v2 <folder>', 'serve the content of version 2 and later from this folder')
    .option(
      '--store <place>',
      'answer manifests from this store, s3://BUCKET[/PREFIX] or a folder; redirect the rest to it',
    )
    .option(
      '--store-url <address>',
      'address of its objects in redirect files (default: that of the bucket at its service)',
      webAddress,
    )
    .addOption(
      new Option('--presign [seconds]', 'redirect to addresses that S3 signs, good for so long (default: 3600)')
        .preset('3600')
        .argParser(wholeNumber),
    )
    .option('--s3-endpoint <address>', 'address of the S3 service (default: AWS_ENDPOINT_URL, else AWS)', webAddress)
    .option('--region <region>', 'region of the bucket (default: AWS_REGION, that of the profile, else us-east-1)')
    .option('--profile <name>', 'profile in ~/.aws/credentials and ~/.aws/config (default: AWS_PROFILE)')
    .option('--ca <file>', 'trust these authorities of the S3 service, PEM')
    .option('--search', 'search the names of the redirect files')
    .option('--tls-cert <file>', 'certificate of the server, PEM (default: plain http)')
    .option('--tls-key <file>', 'its key, PEM')
    .option('--tls-client-ca <file>', 'authorities of certificates that open protected repositories, PEM')
    .option('--client-cert-header <name>', 'header in which a proxy passes on the certificate of a client')
    .option('--trusted-proxy <network>', 'address or network of such a proxy; repeatable (default: loopback)', list)
    .option('--log', 'log each request on standard error')
    .option('--json', 'print JSON', false)
    .option('-v, --verbose', 'print more', (_value: string, count: number) => count + 1, 0)
    .helpOption('-h, --help', 'print this')
    .configureHelp({ optionDescription: (option) => option.description })
    .showHelpAfterError('(provision publish serve --help explains)')
    .exitOverride()
    .action(async (request: ServeCraneRequest) => done(await serve(request)));
}

/** Serves until Ctrl-C or SIGTERM. */
async function serve(request: ServeCraneRequest): Promise<number> {
  const interrupt = takeInterrupts(() => printMessage('stopping: finishing the requests under way'));
  let store: OpenedStore | undefined;
  try {
    const { craneOptions } = await import('./crane-options.js');
    const { openServedStore, readServedStore } = await import('./served-store.js');
    const wanted = readServedStore(request);
    const options = await craneOptions(request);
    store = wanted === undefined ? undefined : await openServedStore(wanted, request);
    const { serveCrane } = await import('../../publish/crane/serve-crane.js');
    const server = await serveCrane({ ...options, ...store?.options }).catch((error: unknown) => {
      throw startError(error, request.listen);
    });
    const { url, repositories } = server;
    if (request.json) printJson({ url, dataDir: options.dataDir, repositories, pid: process.pid });
    else printLines([`serving ${options.dataDir} at ${url}, ${repositories} repositories`]);
    if (!interrupt.signal.aborted) {
      await new Promise((stop) => interrupt.signal.addEventListener('abort', stop, { once: true }));
    }
    await server.close();
    return 0;
  } catch (error) {
    return complainOf(error, request);
  } finally {
    await store?.close();
    interrupt.release();
  }
}

/** Returns the input error of a port or file that cannot be used; a bug stays the error it is. */
function startError(error: unknown, { host, port }: ListenAddress): unknown {
  if (!(error instanceof Error) || error instanceof TypeError || error instanceof InputError) return error;
  if ('code' in error && error.code === 'EADDRINUSE')
    return new RegistryError('input', `cannot listen on ${host}:${port}: another program does`);
  return new RegistryError('input', `cannot serve on ${host}:${port}: ${reasonOf(error)}`, { cause: error });
}

function listenAddress(value: string): ListenAddress {
  const [, bracketed, plain = '', digits = ''] = /^(?:\[([\da-fA-F:.]+)\]|([^:[\]\s]*)):(\d{1,5})$/.exec(value) ?? [];
  const host = bracketed ?? plain;
  if (host === '' || Number(digits) > 65_535) throw new InvalidArgumentError('An address is expected: 127.0.0.1:5001');
  return { host, port: Number(digits) };
}
