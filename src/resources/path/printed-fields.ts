import type { Reply } from '../../model/resource.js';
import { type Sh, sh } from '../../sh.js';

/** Shell functions for probes that print texts of many lines: `field NAME <text` and, at the end, `end`. */
export const printField: Sh = sh`field() { printf '%s ' "$1"; base64 | tr -d '\n'; echo; }
end() { echo 'end yes'; }`;

/** Texts that a probe printed, by name. */
export type Fields = (name: string) => readonly string[];

/**
 * Reads the texts that `field` printed, by name, in order.
 *
 * @throws Error when the probe did not get to its end
 */
export function printedFields(reply: Reply, subject: string): Fields {
  const lines = reply.stdout.split('\n');
  if (!lines.includes('end yes')) {
    throw new Error(`could not read ${subject}: ${reply.stderr.trim() || `exit status ${reply.status}`}`);
  }
  return (name) =>
    lines
      .filter((line) => line.startsWith(`${name} `))
      .map((line) => Buffer.from(line.slice(name.length + 1), 'base64').toString('utf8'));
}
