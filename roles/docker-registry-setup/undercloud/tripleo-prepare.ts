import { z } from 'zod';
import { defineResource, type Plan, type Resource, sh } from '../../../src/index.js';
import { asStack, inStackHome, stackHome } from './as-stack.js';
import { type PrepareSettings, prepareWords } from './prepare-command.js';
import { headerOf, isPrepared, lookAtPrepared, type PreparedFiles, readPrepared } from './prepared-files.js';

const params = z.strictObject({
  asked: z.custom<PrepareSettings>(),
  client: z.enum(['auto', 'overcloud', 'tripleo']),
  /** The tripleo client's prepare uploads too, unless told not to. */
  dry_run: z.boolean(),
  force: z.boolean(),
});

type Params = z.output<typeof params>;

/** Seconds that a prepare may take which looks up a label of every image, or uploads them all: six hours. */
const deadline = 21_600;

/** The overcloud's images, as a list and as parameters, worked out by the undercloud's own `openstack` command. */
export const tripleo_prepare = defineResource({
  kind: 'tripleo_prepare',
  summary: "The overcloud's list of images",
  params,
  create: (params): Resource<PreparedFiles> => {
    const [images, environment] = [inStackHome(params.asked.imagesFile), inStackHome(params.asked.environmentFile)];
    return {
      kind: 'tripleo_prepare',
      id: environment,
      provides: [`path:${environment}`, ...(params.client === 'tripleo' ? [] : ([`path:${images}`] as const))],
      needs: params.client === 'tripleo' ? ['service:docker', `path:${images}`] : [],
      staging: 'skip',
      probeDeadline: 300,
      probe: () => lookAtPrepared(params.asked, params.client),
      parse: readPrepared,
      plan: (files, host) => planPrepare(files, { ...params, force: params.force || host.force }),
      result: ({ client, listing }) => ({ client, listing }),
    };
  },
});

/** Plans the files. Files of another origin are kept. */
export function planPrepare(files: PreparedFiles, { asked, dry_run, force }: Params): Plan<PreparedFiles> {
  const { client, environmentExists, imagesExists, madeBy, stale } = files;
  const { imagesFile, environmentFile } = asked;
  if (isPrepared(files, asked) && !force) return { verdict: 'ok', note: `${environmentFile} is up to date` };
  const wanted = headerOf(client, asked);
  const same = madeBy === wanted && !stale;
  const exists = environmentExists ? environmentFile : client === 'overcloud' && imagesExists ? imagesFile : undefined;
  if (exists !== undefined && !same && !force) {
    return {
      verdict: 'kept',
      summary: `${exists} ${stale ? `is older than ${imagesFile}` : 'was made with other options'}: kept`,
      hint: 'set docker_registry_setup_force: true (or --force) to remake it; a copy is kept',
      diff: { label: `openstack (${exists})`, before: lines(madeBy ?? ''), after: lines(wanted) },
    };
  }
  if (!files.openstack) {
    return {
      verdict: 'refused',
      message: 'user stack has no openstack command',
      hint: 'if this host is no undercloud, set docker_registry_setup_on_undercloud: false',
    };
  }
  const words = [...prepareWords(client, asked), ...(client === 'tripleo' && dry_run ? ['--dry-run'] : [])];
  const written = client === 'tripleo' ? [environmentFile] : [imagesFile, environmentFile];
  return {
    verdict: 'change',
    summary: `openstack ${words.slice(0, 4).join(' ')}`,
    details: [`openstack ${words.join(' ')}`],
    apply: {
      via: 'sh',
      deadline,
      script: sh`cd ${stackHome} || exit 1
now=$(date -u +%Y-%m-%dT%H%M%SZ)
for file in ${written}; do [ ! -f "$file" ] || cp -p "$file" "$file.$now.bak" || exit 1; done
${asStack(words)}`,
    },
    verify: (after) => {
      if (isPrepared(after, asked)) return undefined;
      return after.madeBy === undefined || after.madeBy === wanted
        ? 'it did not write its files'
        : `it says of itself that it was called as openstack ${after.madeBy}`;
    },
  };
}

/** A command as a text that differences can be shown in. */
function lines(words: string): string {
  return words === '' ? '' : `${words.replaceAll(' -', '\n  -')}\n`;
}
