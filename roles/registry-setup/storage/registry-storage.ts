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
  /** A link on the way there that another user may have put there. */
  readonly foreignLink: string | undefined;
}

/**
 * Folder of a registry's images, usable by the user that it runs as. Owner and mode of a usable folder stay: on an NFS
 * share they are the server's.
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
      return sh`[ -d ${at} ] && echo exists
${asUser} >/dev/null 2>&1 && echo usable
${printForeignLink(at)}
:`;
    },
    parse: (reply: Reply) => {
      const words = reply.stdout.split('\n');
      return { exists: words.includes('exists'), usable: words.includes('usable'), foreignLink: foreignLinkIn(reply) };
    },
    plan: ({ exists, usable, foreignLink }, host) => {
      if (foreignLink !== undefined) return refuseForeignLink(host.at(path), foreignLink);
      if (exists && usable) return { verdict: 'ok' };
      const at = host.at(path);
      const own = user === undefined || host.root !== '' ? sh`:` : sh`chown ${`${user}:`} ${at}`;
      return {
        verdict: 'change',
        summary: exists ? `made ${write ? 'writable' : 'readable'} for ${user ?? 'root'}` : 'created',
        apply: { via: 'sh', script: sh`mkdir -p ${at} && chmod u+rwx ${at} && ${own}` },
        verify: (after) =>
          after.exists && after.usable
            ? undefined
            : `${path} cannot be ${write ? 'written' : 'read'} by ${user ?? 'root'}`,
      };
    },
  }),
});

function shellWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
