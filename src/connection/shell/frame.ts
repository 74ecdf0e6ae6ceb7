import { quote, type Sh } from '../../sh.js';
import type { Request } from '../connection.js';
import { endWatch, startWatch } from './end-processes.js';

/** Sent first of all: a start-up file of the login shell may read a line or two of what is not meant for it. */
export const sacrifice = '\n\n\n';

/**
 * What a long-lived sh is told before all else: standard error moves to descriptor 8, so that what the shell itself has
 * to say (that a child was killed, with its whole text) is not mixed with what scripts say.
 */
export const prelude = `${sacrifice}exec 8>&2 2>/dev/null\n`;

/**
 * A request as text for the standard input of a long-lived sh: a subshell of its own, with marks before and behind on
 * both streams. `eval` of one quoted word has no limit on its length, and a syntax error in it ends that subshell only.
 * Input is fed by the builtin printf, as here-documents become temporary files in bash. Descriptor 9 holds the run lock:
 * not for children.
 */
export function frame({ script, stdin }: Pick<Request, 'script' | 'stdin'>, token: string): string {
  const run = subshell(`eval ${quoteAlways(script.script)}`, token);
  const closed = '8>&- 9>&-';
  const marks = endMarks(token, '>&8');
  if (stdin === undefined) return `${run} </dev/null 2>&8 ${closed}; ${marks}\n`;
  const text = plainText(stdin);
  const feed =
    text === undefined
      ? `printf %s ${quoteAlways(Buffer.from(stdin).toString('base64'))} ${closed} | base64 -d ${closed}`
      : `printf %s ${quoteAlways(text)} ${closed}`;
  return `${feed} | ${run} 2>&8 ${closed}; ${marks}\n`;
}

/**
 * A script for `sh -c` that reads another script from its standard input and runs it with what follows as input: what
 * {@link apartInput} gives. The token comes that way too, as whoever lists processes sees the script for `sh -c`.
 */
export const apart: string = (() => {
  const token = '"$_t"';
  const readToken = '_t=; while [ -z "$_t" ]; do IFS= read -r _t || exit 1; done';
  const readScript = `n=$(printf "\\n_"); n=\${n%_}; s=; while :; do IFS= read -r l || exit 1; case $l in ${token}) break;; esac; s=$s$l$n; done`;
  const run = `${subshell('eval "$s"', token)}; ${endMarks(token, '>&2')}`;
  return `${readToken}; ${readScript}; ${startWatch}; ${run}; ${endWatch}`;
})();

/** The beginning of the standard input of {@link apart}. */
export function apartInput(script: Sh, token: string): string {
  return `${sacrifice}${token}\n${script.script}\n${token}\n`;
}

/** Which process runs it is read from /proc by the shell itself: no other process is needed for it. */
function subshell(command: string, token: string): string {
  return `( ${startMarks(token, '>&2')}; unset _p _r _t; ${command} )`;
}

/** Marks before what a script prints: on standard output with the id of the process that runs it. */
export function startMarks(token: string, toStderr: string): string {
  const pid = '_p=; { read -r _p _r </proc/self/stat; } 2>/dev/null';
  return `${pid}; printf "%s %s;" ${token} "$_p"; printf "%s;" ${token} ${toStderr}`;
}

/** Marks behind it: on standard output with the exit status. */
export function endMarks(token: string, toStderr: string): string {
  return `printf "%s %s;" ${token} $?; printf "%s;" ${token} ${toStderr}`;
}

/** Input that any shell's quoted word can hold; undefined for what must be encoded. */
function plainText(stdin: string | Uint8Array): string | undefined {
  const text = typeof stdin === 'string' ? stdin : Buffer.from(stdin).toString('latin1');
  return /^[\t\n\x20-\x7e]*$/.test(text) ? text : undefined;
}

/** `quote` leaves what needs no quotes as it is, also words that the grammar knows. */
function quoteAlways(text: string): string {
  const quoted = quote(text);
  return quoted.startsWith("'") ? quoted : `'${text}'`;
}
