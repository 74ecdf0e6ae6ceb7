import { type Command, Option } from 'commander';
import { list, webAddress } from '../terminal/option-values.js';
import type { PublishFlags } from './publish-request.js';

const exitStatuses = `
Exit status: 0 all is stored, and pulled where it was verified; 1 the input is wrong, nothing was stored; 2 something
failed; 4 the store or a registry was unreachable; 130 interrupted. Done again, it goes on where it ended.`;

/**
 * Makes `provision publish BUCKET APP SOURCE` the action of a command that may have other commands beside it.
 * @param done receives the exit status
 */
export function addPublishAction(command: Command, done: (status: number) => void): Command {
  return (
    command
      // Options behind the name of another command are its own, whatever they are called.
      .enablePositionalOptions()
      .usage('BUCKET APP SOURCE [options]\n       provision publish BUCKET [APP] --list FILE [options]')
      .argument('[bucket]', 'bucket that is published to; left out with --to')
      .argument(
        '[app]',
        'application: the folder of its objects, and the name that clients pull; of --list a namespace',
      )
      .argument(
        '[source]',
        'export of Pulp 2, docker save, OCI layout, skopeo dir; or REGISTRY/REPOSITORY[:TAG]; left out with --list',
      )
      .allowExcessArguments(false)
      .optionsGroup('What and where:')
      .option('--to <place>', 's3://BUCKET[/PREFIX], or a folder')
      .addOption(
        new Option(
          '--layout <layout>',
          'v1: images of the first docker-registry; pulp: for Crane; static: a registry without a server (default: v1 for an export of Pulp 2, else static)',
        ).choices(['v1', 'pulp', 'static']),
      )
      .option('--name <name>', 'name that clients pull (default: APP)')
      .option('--repository <name>', 'repository of an archive that has several')
      .option(
        '--tag <pattern>',
        'tags of the source that are published, a name, a glob or /expression/; repeatable (default: all)',
        list,
        [],
      )
      .option(
        '--list <file>',
        'publish each repository of a list of images, in any form that provision images reads; repeatable',
        list,
        [],
      )
      .option('--from <source>', 'registry or archive of images that --list names without one')
      .option(
        '--mask <ids>',
        'images of v1 that are not published; ids with commas or blanks between them; repeatable',
        list,
        [],
      )
      .option('--redirect-file <file>', 'redirect file for Crane, written when all else is there')
      .option('--redirects <folder>', 'folder that gets the redirect file of each application: APP.json')
      .option('--protected', 'the redirect file is for clients with a certificate that covers its address', false)
      .addOption(
        new Option('--redirect-version <n>', 'version of the redirect file of the layout pulp')
          .choices(['2', '3', '4'])
          .default('4'),
      )
      .option(
        '--url <address>',
        'public address of the bucket or folder (default: that of the bucket at its service)',
        webAddress,
      )
      .optionsGroup('Connecting:')
      .option('--endpoint <address>', 'address of the S3 service (default: AWS_ENDPOINT_URL, else AWS)', webAddress)
      .option('--region <region>', 'region of the bucket (default: AWS_REGION, that of the profile, else us-east-1)')
      .option('--profile <name>', 'profile in ~/.aws/credentials and ~/.aws/config (default: AWS_PROFILE)')
      .option('--ca <file>', 'trust these authorities, PEM')
      .option('--authfile <file>', 'read accounts of registries from this file (default: those of podman and docker)')
      .optionsGroup('Access (default: private):')
      .option('--public', 'let everybody read what is stored, by ACLs of the objects; and verify it', false)
      .option('--public-policy', 'the same by a policy of the bucket, for what lies below APP', false)
      .option('--create', 'make the bucket where it is not there', false)
      .optionsGroup('Behaviour:')
      .option('-n, --dry-run', 'print what would be stored, and store nothing', false)
      .option('--repair', 'store again what is there already', false)
      .option(
        '--invalidate <command>',
        'run this when tags, lists or what was there before changed: it has their addresses on standard input',
      )
      .optionsGroup('Output:')
      .option('--json', 'print JSON', false)
      .option('-v, --verbose', 'also print what was there already', (_value: string, count: number) => count + 1, 0)
      .helpOption('-h, --help', 'print this')
      .addHelpText('after', exitStatuses)
      .configureHelp({ optionDescription: (option) => option.description })
      .action(async (...given: unknown[]) => {
        const words = given.slice(0, 3).filter((word) => typeof word === 'string');
        const { publishAction } = await import('./publish-action.js');
        done(await publishAction(words, command.opts<PublishFlags>()));
      })
  );
}
