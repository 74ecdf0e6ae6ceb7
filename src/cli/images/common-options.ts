import { type Command, InvalidArgumentError, Option } from 'commander';
import { attachmentsModes } from '../../registry/attachments-mode.js';
import { platformError } from '../../registry/lists/platforms.js';
import { list, positive, wholeNumber, wholeOrNone } from '../terminal/option-values.js';
import { limit } from './limits.js';

const exitStatuses = `
Exit status: 0 all images of the list are there; 1 the input is wrong, nothing was copied; 2 an image failed;
4 a registry was unreachable; 130 interrupted.`;

/** Adds the options that all commands about images have. */
export function addCommonOptions(command: Command): Command {
  return command
    .optionsGroup('Connecting:')
    .option(
      '--ca <[registry=]file>',
      'trust these authorities, PEM; repeatable (also: certs.d folders of docker and podman)',
      list,
      [],
    )
    .option('--insecure', 'accept any certificate', false)
    .option(
      '--authfile <file>',
      'read accounts from this file (default: those of podman and docker; see `provision registry login`)',
    )
    .optionsGroup('Limits, of each registry or of one (REGISTRY=N); repeatable:')
    .option('--rate <n>', 'most requests a second', limit(positive), [])
    .option('--connections <n>', 'most requests at the same time (default: 48)', limit(wholeNumber), [])
    .option('--bandwidth <MiB/s>', 'most bytes a second, each way', limit(bandwidth), [])
    .option('--reserve <n>', 'requests of its quota that are left to others (default: 0)', limit(wholeOrNone), [])
    .optionsGroup('Output:')
    .option(
      '-v, --verbose',
      'also list the images that were there already',
      (_value: string, count: number) => count + 1,
      0,
    )
    .addOption(new Option('--output <form>', 'live, lines or json').choices(['live', 'lines', 'json']))
    .option('--json', 'the same as --output json', false)
    .option('--color', 'colour even off a terminal')
    .option('--no-color', 'no colour (as does NO_COLOR)')
    .helpOption('-h, --help', 'print this')
    .addHelpText('after', exitStatuses)
    .configureHelp({ optionDescription: (option) => option.description })
    .showHelpAfterError('(provision images sync --help explains)')
    .exitOverride();
}

/** Makes `--attachments`. */
export function attachmentsOption(): Option {
  return new Option('--attachments <which>', 'signatures, attestations, SBOMs: all, also later ones; once; or none')
    .choices(attachmentsModes)
    .default('all');
}

/** Makes `--verify`. */
export function verifyOption(): Option {
  return new Option(
    '--verify <level>',
    'check afterwards: none; copied, the copied images; present, all of the list; deep, all of it by reading it',
  )
    .choices(['none', 'copied', 'present', 'deep'])
    .default('copied');
}

/** Returns bytes of a number of MiB. @throws InvalidArgumentError */
export function mebibytes(value: string): number {
  return Math.ceil(positive(value) * 2 ** 20);
}

/** Makes `--chunk-size`. */
export function chunkSizeOption(): Option {
  return new Option(
    '--chunk-size <MiB>',
    'send blobs in pieces of this size (default: whole, or in pieces where a proxy refuses that)',
  ).argParser(mebibytes);
}

/** Slower ones would count as stalled. */
const leastBandwidth = 64 << 10;

function bandwidth(value: string): number {
  const bytes = positive(value) * 2 ** 20;
  if (bytes < leastBandwidth) throw new InvalidArgumentError('At least 0.0625 is expected: 64 KiB a second.');
  return bytes;
}

/** Makes `--template`. */
export function templateOption(): Option {
  return new Option(
    '--template <file>',
    "template of TripleO's that ContainerImagePrepare of a list is worked out with (default: that beside the list)",
  );
}

/** Returns a platform. @throws InvalidArgumentError */
export function platform(value: string): string {
  const error = platformError(value);
  if (error === undefined) return value;
  throw new InvalidArgumentError(`It ${error.replace(/^(?=did )/, 'must be another; ')}.`.replace('?.', '?'));
}

/** Adds a platform to those of an option. @throws InvalidArgumentError */
export function platforms(value: string, previous: readonly string[] = []): string[] {
  return list(platform(value), previous);
}

/** Makes `--set`. */
export function setOption(): Option {
  return new Option(
    '--set <name=value>',
    "substitution in a template of TripleO's, before those of the list and of its release; repeatable",
  )
    .argParser(list)
    .default([]);
}
