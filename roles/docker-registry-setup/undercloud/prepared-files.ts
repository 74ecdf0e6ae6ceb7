import { type Reply, type Sh, sh } from '../../../src/index.js';
import { asStack, inStackHome } from './as-stack.js';
import { type PrepareSettings, prepareWords, type TripleoClient } from './prepare-command.js';

/** Files that earlier runs of prepare left in the home of user stack. */
export interface PreparedFiles {
  readonly client: TripleoClient;
  /** True where there is an `openstack` command. */
  readonly openstack: boolean;
  readonly environmentExists: boolean;
  readonly imagesExists: boolean;
  /** Words after `openstack` that made the environment file, as its first lines say; undefined where they don't. */
  readonly madeBy: string | undefined;
  /** True where the input of the tripleo client changed after the environment file was made. */
  readonly stale: boolean;
  /** The file that the images are listed in. */
  readonly listing: string | undefined;
}

/** Returns the call of prepare as its file records it: its words, unquoted. A dry run makes the same file. */
export function headerOf(client: TripleoClient, asked: PrepareSettings): string {
  return withoutDryRun(prepareWords(client, asked).join(' '));
}

/** Tells whether the files exist and were made by the same call that would make them now. */
export function isPrepared(
  { client, environmentExists, imagesExists, madeBy, stale }: PreparedFiles,
  asked: PrepareSettings,
): boolean {
  return environmentExists && imagesExists && madeBy === headerOf(client, asked) && !stale;
}

/** Script that looks at the files. The client is asked what it knows (seconds) only where the files don't tell. */
export function lookAtPrepared(asked: PrepareSettings, client: TripleoClient | 'auto'): Sh {
  const [images, environment] = [inStackHome(asked.imagesFile), inStackHome(asked.environmentFile)];
  return sh`made=$(sed -n '1,9s/^#   openstack //p' ${environment} 2>/dev/null | sed 's/ --dry-run//; s/ *$//' | head -n 1)
client=${client}
if [ "$client" = auto ]; then
  case $made in
    ${headerOf('overcloud', asked)}) client=overcloud ;;
    ${headerOf('tripleo', asked)}) client=tripleo ;;
    *) if { ${asStack(['help', 'tripleo', 'container', 'image', 'prepare'])}; } >/dev/null 2>&1; then client=tripleo; else client=overcloud; fi ;;
  esac
fi
echo "client $client"
if { [ -n "$made" ] && [ -s ${environment} ]; } || su -s /bin/sh -c 'command -v openstack' stack >/dev/null 2>&1 || command -v openstack >/dev/null 2>&1; then echo 'openstack yes'; fi
[ -z "$made" ] || echo "made $made"
[ ! -f ${images} ] || echo 'images yes'
[ ! -f ${environment} ] || echo 'environment yes'
if [ "$client" = tripleo ]; then
  [ ! ${images} -nt ${environment} ] || echo 'stale yes'
  listing=${environment}
else
  listing=${images}
fi
[ ! -f "$listing" ] || { echo @listing; cat "$listing"; }
:`;
}

export function readPrepared(reply: Reply): PreparedFiles {
  const [head = '', ...listing] = reply.stdout.split(/^@listing\n/m);
  const fields = new Map(
    head.split('\n').map((line): [string, string] => {
      const [, word = '', rest = ''] = /^(\S*) ?(.*)$/s.exec(line) ?? [];
      return [word, rest];
    }),
  );
  const client = fields.get('client');
  if (client !== 'overcloud' && client !== 'tripleo')
    throw new Error(
      `could not look at the files of user stack: ${reply.stderr.trim() || `exit status ${reply.status}`}`,
    );
  return {
    client,
    openstack: fields.has('openstack'),
    environmentExists: fields.has('environment'),
    imagesExists: fields.has('images'),
    madeBy: fields.get('made'),
    stale: fields.has('stale'),
    listing: listing.length === 0 ? undefined : listing.join('@listing\n'),
  };
}

function withoutDryRun(words: string): string {
  return words.replace(' --dry-run', '').trimEnd();
}
