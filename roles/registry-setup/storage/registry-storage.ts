import { z } from 'zod';
import {
  defineResource,
  foreignLinkIn,
  printForeignLink,
  type Reply,
  type Resource,
  refuseForeignLink,
  sh,
} from '../../../src/index.js';

const params = z.strictObject({
  path: z.string(),
  user: z.string().optional().describe('User that the registry runs as; default: root'),
  write: z.boolean().describe('The user must be able to write'),
  needs: z.array(z.custom<`package:${string}`>()).default([]),
});

interface StorageState {
  readonly exists: boolean;
  readonly usable: boolean;
  /** Folder below it, of a repository or the blobs, that the user can't write to; empty: none. */
  readonly unusable: string;
  /** A link on the way there that another user may have put there. */
  readonly foreignLink: string | undefined;
}

/** Levels below the storage down to the names of repositories: docker/registry/v2/repositories/NAME. */
const levels = 5;

/**
 * Folder of a registry's images, usable by the user that it runs as, with all that is in it. Owner and mode of a usable
 * folder stay: on an NFS share they are the server's.
 */
export const registry_storage = defineResource({
  kind: 'registry_storage',
  summary: 'The folder of a registry, usable by the user that it runs as',
  params,
  create: ({ path, user, write, needs }): Resource<StorageState> => ({
    kind: 'registry_storage',
    id: path,
    provides: [`path:${path}`],
    needs: [...needs, `mount:${path}`],
    staging: 'path',
    probe: (host) => {
      const test = `test -r "$0" -a -x "$0"${write ? ' -a -w "$0"' : ''}`;
      const at = host.at(path);
      const asUser =
        user === undefined || host.root !== ''
          ? sh`sh -c ${test} ${at}`
          : sh`su -s /bin/sh -c ${test.replaceAll('"$0"', shellWord(at))} ${user}`;
      // A folder that was another user's keeps theirs below: pushes to what is there would fail.
      const below = `find ${shellWord(`${at}/docker`)} -maxdepth ${levels - 1} -type d ! -writable -print -quit`;
      const search =
        user === undefined || host.root !== '' || !write
          ? sh`:`
          : sh`printf 'unusable %s\n' "$(su -s /bin/sh -c ${below} ${user} 2>/dev/null)"`;
      return sh`[ -d ${at} ] && echo exists
${asUser} >/dev/null 2>&1 && echo usable
${search}
${printForeignLink(at)}
:`;
    },
    parse: (reply: Reply) => {
      const words = reply.stdout.split('\n');
      const unusable = words.find((word) => word.startsWith('unusable /'))?.slice('unusable '.length) ?? '';
      return {
        exists: words.includes('exists'),
        usable: words.includes('usable'),
        unusable,
        foreignLink: foreignLinkIn(reply),
      };
    },
    plan: ({ exists, usable, unusable, foreignLink }, host) => {
      if (foreignLink !== undefined) return refuseForeignLink(host.at(path), foreignLink);
      if (exists && usable && unusable === '') return { verdict: 'ok' };
      const at = host.at(path);
      const own = user === undefined || host.root !== '' ? sh`:` : sh`chown -R -h ${`${user}:`} ${at}`;
      return {
        verdict: 'change',
        summary: exists
          ? `made ${write ? 'writable' : 'readable'} for ${user ?? 'root'}${unusable === '' ? '' : `, with all below ${unusable}`}`
          : 'created',
        apply: { via: 'sh', script: sh`mkdir -p ${at} && chmod u+rwx ${at} && ${own}` },
        verify: (after) =>
          after.exists && after.usable && after.unusable === ''
            ? undefined
            : `${path} cannot be ${write ? 'written' : 'read'} by ${user ?? 'root'}`,
      };
    },
  }),
});

function shellWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
