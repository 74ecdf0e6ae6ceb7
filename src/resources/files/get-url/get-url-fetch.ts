import { joinSh, type Sh, sh } from '../../../sh.js';
import { endedBySignals } from '../../content/temporary-beside.js';
import type { GetUrlParams } from './get-url-params.js';

export type Downloader = 'curl' | 'wget';

/** Script that sets `$tool` to a downloader that the host has. */
export const findDownloader = sh`tool=
if command -v curl >/dev/null 2>&1; then tool=curl
elif wget --version 2>/dev/null | grep -q GNU; then tool=wget; fi`;

/**
 * Shell function `fetch`, which downloads by `$config` to the file that it is given, or prints headers for none. URL
 * and credentials never are in arguments, which others on the host could see. wget reads headers from a file only:
 * one that nobody else may read, deleted at the end.
 */
export const fetchFunction: Sh = joinSh([
  sh`newline='
'
by_curl() { printf '%s\n' "$config" | curl -q -K - "$@"; }
by_wget() (
  umask 077; rc=; options=\${config%%"$newline"*}; rest=\${config#*"$newline"}
  trap '[ -z "$rc" ] || rm -f "$rc"' EXIT`,
  endedBySignals,
  sh`  case $rest in *"$newline"*)
    rc=$(mktemp) && printf '%s\n' "\${rest%"$newline"*}" >"$rc" || exit
    WGETRC=$rc; export WGETRC ;;
  esac
  printf '%s\n' "\${rest##*"$newline"}" | wget -nv $options -i - "$@"
)
fetch() {
  if [ "$tool" = curl ]; then if [ -n "$1" ]; then by_curl -o "$1"; else by_curl -I; fi
  elif [ -n "$1" ]; then by_wget -O "$1"; else by_wget --spider -S 2>&1; fi
}`,
]);

/** Returns `$config`: a configuration of curl; or options of wget, lines for its configuration, and the URL. */
export function fetchConfig(tool: Downloader, url: string, params: GetUrlParams): string {
  const { username, password, timeout, insecure } = params;
  const secure = new URL(url).protocol === 'https:';
  // Credentials and headers for one server are not sent to another.
  const same = new URL(url).origin === new URL(params.url).origin;
  const headers = same ? Object.entries(params.headers).map(([name, value]) => `${name}: ${value}`) : [];
  const login = same && username !== undefined && password !== undefined ? { username, password } : undefined;
  if (tool === 'wget') {
    const address = new URL(url);
    if (login !== undefined) Object.assign(address, login);
    const options = ['--auth-no-challenge', '--tries=1', '--connect-timeout=30', `--read-timeout=${timeout}`];
    // wget has no option against redirects from https to http: such a request is sent to a proxy that does not exist.
    if (secure) options.push('-e', 'use_proxy=on', '-e', 'http_proxy=http://127.0.0.1:9/');
    if (insecure) options.push('--no-check-certificate');
    return [options.join(' '), ...headers.map((header) => `header = ${header}`), address.href].join('\n');
  }
  return [
    `url = ${quoteValue(url)}`,
    ...headers.map((header) => `header = ${quoteValue(header)}`),
    ...(login === undefined ? [] : [`user = ${quoteValue(`${login.username}:${login.password}`)}`]),
    ...(insecure ? ['insecure'] : []),
    'globoff',
    'location',
    'max-redirs = 10',
    `proto-redir = "${secure ? '=https' : '=http,https'}"`,
    'fail',
    'silent',
    'show-error',
    'connect-timeout = 30',
    `max-time = ${timeout}`,
  ].join('\n');
}

function quoteValue(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\t', '\\t')}"`;
}
