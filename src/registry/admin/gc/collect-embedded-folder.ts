import { z } from 'zod';
import { sh } from '../../../sh.js';
import { tryBoundedJson } from '../../bounded-json.js';
import type { UpkeepReport } from '../../client/registry.js';
import { upkeepReportShape } from '../../client/upkeep.js';
import { RegistryError } from '../../registry-error.js';
import { type GcHost, readOutput } from './runtime.js';

const answerShape = z.object({ server: z.string().optional(), report: upkeepReportShape });

/** Lists, objects and commas of a report at most. */
const mostParts = 4_000_000;

/** Wishes for the collection of a folder. `grace` is in seconds; undefined: that of the server, or a day. */
export interface FolderGcWishes {
  readonly apply: boolean;
  readonly deleteUntagged: boolean;
  readonly grace: number | undefined;
}

/**
 * Has the embedded registry of a host collect a folder there, whether its server runs or not, by its own program: that
 * needs neither an account nor a certificate. The program is one that a unit of systemd starts, or the role's; what the
 * folder says of its server is not believed, as others may write to it.
 * @throws RegistryError `input` where the host has no such program
 */
export async function collectEmbeddedFolder(
  host: GcHost,
  dir: string,
  { apply, deleteUntagged, grace }: FolderGcWishes,
): Promise<{ readonly server?: string | undefined; readonly report: UpkeepReport }> {
  const { stdout } = await host.run(findProgram);
  const program = stdout.trim();
  if (program === '') {
    throw new RegistryError('input', 'the host has no program of the embedded registry', {
      hint: 'set it up with the role registry-setup, or run provision registry gc --dir there',
    });
  }
  const words = [
    ...['gc', '--dir', dir, '--json'],
    ...(apply ? [] : ['--dry-run']),
    ...(deleteUntagged ? ['--gc-delete-untagged'] : []),
    ...(grace === undefined ? [] : ['--gc-grace', String(grace)]),
  ];
  const attempt = `collect the garbage of ${dir}`;
  const answer = answerShape.safeParse(
    tryBoundedJson(await readOutput(host, sh`node ${program} ${words}`, attempt), mostParts),
  );
  if (answer.success) return answer.data;
  throw new RegistryError('protocol', `could not ${attempt}: what the program printed is not a report`);
}

/** Prints the path of the program: both places belong to root. */
const findProgram = sh`{
  sed -n 's/^ExecStart=.*[ "]\(\/[^ "]*\/registry\/server\/main\.js\).*/\1/p' /etc/systemd/system/provision-*.service
  ls /usr/local/lib/provision/*/program/registry/server/main.js
} 2>/dev/null | while read -r program; do [ -f "$program" ] && echo "$program"; done | head -n 1`;
