import type { HostContext, Reply } from '../../../model/resource.js';
import { joinSh, type Sh, sh } from '../../../sh.js';
import { isForced } from '../../content/kept-content.js';
import { type PathState, parsePath } from '../../path/path-state.js';
import { printedFields, printField } from '../../path/printed-fields.js';
import { probePath } from '../../path/probe-path.js';
import { type Downloader, fetchConfig, fetchFunction, findDownloader } from './get-url-fetch.js';
import type { GetUrlParams } from './get-url-params.js';

/** State of a file, and of its source on the server. */
export interface DownloadState extends PathState {
  readonly tool: Downloader | undefined;
  /** Digest of the file, where it is needed. */
  readonly digest: string | undefined;
  /** Digest that it must have. */
  readonly wanted: string | undefined;
  /** Reason why that digest is not known. */
  readonly problem: string | undefined;
  /** ETag and date of the file on the server now, and at the time of the download. */
  readonly served: string | undefined;
  readonly record: string | undefined;
}

/** Returns the path of the record of a download: the server's headers, and the file's own size and time. */
export function recordPath(dest: string, host: HostContext): string {
  return host.at(`/var/lib/provision/downloads/${Buffer.from(dest).toString('base64url').slice(-200)}`);
}

/** Shell function that prints the server's headers, and the size and time of the file at `$1`. */
export const describeFunction: Sh = sh`described() {
  printf '%s\n' "$headers" | tr -d '\r' | sed -n -e 's/^ *\([Ee][Tt]ag: .*\)/\1/p' -e 's/^ *\([Ll]ast-[Mm]odified: .*\)/\1/p' | tail -n 2
  stat -L -c '%s %Y' "$1" 2>/dev/null
}`;

export function probeDownload(params: GetUrlParams, host: HostContext): Sh {
  const { dest, url, checksum, owner, group } = params;
  const path = host.at(dest);
  const list = checksum?.list;
  const asks = list !== undefined || (checksum === undefined && isForced(params, host));
  const subject = list ?? url;
  return joinSh([
    probePath(path, { root: host.root, owner, group }),
    printField,
    findDownloader,
    sh`printf %s "$tool" | field tool`,
    ...(checksum === undefined
      ? []
      : [
          sh`if [ -f "$r" ]; then d=$(${`${checksum.algorithm}sum`} <"$r") && printf %s "\${d%% *}" | field digest; fi`,
        ]),
    ...(asks
      ? [
          fetchFunction,
          sh`case $tool in
curl) config=${fetchConfig('curl', subject, params)} ;;
wget) config=${fetchConfig('wget', subject, params)} ;;
esac`,
        ]
      : []),
    ...(list === undefined ? [] : [lookUp]),
    ...(asks && list === undefined ? [describeFunction, compareRecord(recordPath(dest, host))] : []),
    sh`end`,
  ]);
}

const lookUp = sh`if [ -n "$tool" ]; then
  text=$(fetch /dev/stdout 2>/dev/null | head -c 4194304)
  if [ -n "$text" ]; then printf '%s\n' "$text" | field list; else fetch /dev/stdout 2>&1 >/dev/null | field list-error; fi
fi`;

function compareRecord(record: string): Sh {
  return sh`if [ -n "$tool" ] && [ -f "$r" ]; then
  headers=$(fetch '' 2>/dev/null) && described "$r" | field served
  [ ! -f ${record} ] || field record <${record}
fi`;
}

/**
 * Reads what {@link probeDownload} printed.
 *
 * @throws Error when the probe did not get to its end
 */
export function parseDownload(reply: Reply, params: GetUrlParams, path: string): DownloadState {
  const field = printedFields(reply, path);
  const tool = field('tool')[0];
  const { checksum, url } = params;
  const list = field('list')[0];
  const names = namesOf(url, params.dest);
  const listed =
    list === undefined ? undefined : names.map((name) => sumIn(list, name)).find((sum) => sum !== undefined);
  const wanted = checksum?.hex ?? listed;
  const why = field('list-error')[0]?.trim();
  return {
    ...parsePath(reply, path),
    tool: tool === 'curl' || tool === 'wget' ? tool : undefined,
    digest: field('digest')[0],
    wanted,
    problem:
      checksum === undefined || wanted !== undefined
        ? undefined
        : `${checksum.list} gives no sum of the file${why ? `: ${why}` : ` (looked for ${names.join(', ')})`}`,
    served: field('served')[0],
    record: field('record')[0],
  };
}

/**
 * Lists the names that a file may have in a list of sums, the likeliest first: the end of its URL as people read it and
 * as it is encoded, the ends of the values in its query, and the name that it gets on the host.
 */
function namesOf(url: string, dest: string): readonly string[] {
  const { pathname, searchParams } = new URL(url);
  const encoded = lastPart(pathname);
  const names = [decode(encoded), encoded, ...[...searchParams].flat().map(lastPart), lastPart(dest)];
  return [...new Set(names.filter((name) => name !== ''))];
}

function lastPart(path: string): string {
  return path.split('/').at(-1) ?? '';
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * Finds the sum of a file in a list, as coreutils and BSD write them; or the only one there is, where no file is
 * named.
 */
export function sumIn(list: string, name: string): string | undefined {
  const lines = list.split(/\r?\n/).filter((line) => line.trim() !== '');
  for (const line of lines) {
    // coreutils begin a line with a backslash where they escape the name in it.
    const plain = (found: string | undefined) =>
      lastPart(line.startsWith('\\') ? withoutEscapes(found ?? '') : (found ?? ''));
    const [, sum, named] = /^\\?([0-9a-fA-F]{32,128}) [ *]?(.+)$/.exec(line) ?? [];
    if (sum !== undefined && [plain(named), plain(named).trim()].includes(name)) return sum.toLowerCase();
    const [, tagged, found] = /^\\?\w+ \((.+)\) = ([0-9a-fA-F]{32,128})$/.exec(line) ?? [];
    if (found !== undefined && plain(tagged) === name) return found.toLowerCase();
  }
  const only = lines.length === 1 ? /^[0-9a-fA-F]{32,128}$/.exec(lines[0]?.trim() ?? '')?.[0] : undefined;
  return only?.toLowerCase();
}

function withoutEscapes(name: string): string {
  return name.replace(/\\([\\nr])/g, (_, sign: string) => ({ n: '\n', r: '\r' })[sign] ?? sign);
}
