import { quote, type Sh } from '../../sh.js';
import type { Request } from '../connection.js';
import { endWatch, startWatch } from './end-processes.js';

/** Lines sent first: a start-up file of the login shell may read a line or two that are not meant for it. */
export const decoyLines = '\n\n\n';

/**
 * First input of a long-lived sh: it moves standard error to descriptor 8. Messages of the shell itself (of a child that
 * was killed, with its whole text) don't mix with the output of scripts then.
 */
export const prelude = `${decoyLines}exec 8>&2 2>/dev/null\n`;

/**
 * Returns a request as input of a long-lived sh: a subshell of its own, with marks around its output on both streams.
 * `eval` of one quoted word has no limit on its length, and a syntax error in it ends that subshell only. The builtin
 * printf feeds the input, as here-documents become temporary files in bash. Children don't get descriptor 9, the run lock.
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
 * Script for `sh -c` that reads another script from its standard input, and runs that with the rest as input (see
 * {@link channelInput}). The token comes that way too, as lists of processes show the script for `sh -c`.
 */
export const channelScript: string = (() => {
  const token = '"$_t"';
  const readToken = '_t=; while [ -z "$_t" ]; do IFS= read -r _t || exit 1; done';
  const readScript = `n=$(printf "\\n_"); n=\${n%_}; s=; while :; do IFS= read -r l || exit 1; case $l in ${token}) break;; esac; s=$s$l$n; done`;
  const run = `${subshell('eval "$s"', token)}; ${endMarks(token, '>&2')}`;
  return `${readToken}; ${readScript}; ${startWatch}; ${run}; ${endWatch}`;
})();

/** Returns the beginning of the standard input of {@link channelScript}. */
export function channelInput(script: Sh, token: string): string {
  return `${decoyLines}${token}\n${script.script}\n${token}\n`;
}

/** Returns a subshell with marks before its output. The shell itself reads its process id from /proc. */
function subshell(command: string, token: string): string {
  return `( ${startMarks(token, '>&2')}; unset _p _r _t; ${command} )`;
}

/** Returns the marks before a script's output: on standard output with the id of the process that runs it. */
export function startMarks(token: string, toStderr: string): string {
  const pid = '_p=; { read -r _p _r </proc/self/stat; } 2>/dev/null';
  return `${pid}; printf "%s %s;" ${token} "$_p"; printf "%s;" ${token} ${toStderr}`;
}

/** Returns the marks behind a script's output: on standard output with the exit status. */
export function endMarks(token: string, toStderr: string): string {
  return `printf "%s %s;" ${token} $?; printf "%s;" ${token} ${toStderr}`;
}

/** Returns input that a quoted word of any shell can hold; undefined for input that must be encoded. */
function plainText(stdin: string | Uint8Array): string | undefined {
  const text = typeof stdin === 'string' ? stdin : Buffer.from(stdin).toString('latin1');
  return /^[\t\n\x20-\x7e]*$/.test(text) ? text : undefined;
}

/** Quotes a text even where `quote` would leave it as it is, such as a keyword of the shell. */
function quoteAlways(text: string): string {
  const quoted = quote(text);
  return quoted.startsWith("'") ? quoted : `'${text}'`;
}
