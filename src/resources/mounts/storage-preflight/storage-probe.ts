import { createHash } from 'node:crypto';
import type { Reply } from '../../../model/resource.js';
import { joinSh, type Sh, sh } from '../../../sh.js';
import { unitName } from '../../services/unit-name.js';
import { type Mounted, parseMountPoint, probeMountPoint } from '../mount-state.js';
import type { PreflightParams } from './storage-preflight-params.js';

/** State of storage, as far as it can be seen without writing to it. */
export interface StorageState {
  readonly mounted: Mounted | undefined;
  /** The server did not answer in time. */
  readonly silent: boolean;
  /** Reason why it can't be read: `Stale file handle`. */
  readonly unusable: string | undefined;
  /** Free bytes; undefined where there is no directory. */
  readonly free: number | undefined;
  /** `nobody:nogroup, mode 0755` */
  readonly owner: string;
  readonly uid: string;
  readonly access: 'granted' | 'denied' | 'no-user';
  /** Record of the last successful test, see {@link recordFor}. */
  readonly record: string | undefined;
}

/** Seconds that a server has to answer. */
const patience = 20;

/** Folder of the records of successful tests, on the host. */
const records = '/var/lib/provision/storage';

export function probeStorage(params: PreflightParams): Sh {
  const { path, user, write, mounted } = params;
  const mode = write ? sh`-a -w ${path}` : sh``;
  const look = sh`if s=$(timeout -s KILL ${patience} stat -L -c '%U:%G, mode %a' ${path} 2>&1); then
  printf 'owner %s\n' "$s"
  [ ! -d ${path} ] || timeout -s KILL ${patience} stat -f -c 'free %a %S' ${path}
  if u=$(id -u ${user} 2>/dev/null); then
    printf 'uid %s\n' "$u"
    ${as(user, sh`test -r ${path} -a -x ${path} ${mode}`)} >/dev/null 2>&1 && echo 'access granted'
  else echo 'access no-user'; fi
elif [ $? -gt 100 ]; then echo 'silent yes'; else printf 'unusable %s\n' "\${s##*: }"; fi`;
  return joinSh([
    sh`LC_ALL=C; export LC_ALL`,
    probeMountPoint(mountOf(params)),
    mounted ? sh`if [ -n "$m" ]; then ${look}; fi` : look,
    sh`[ ! -r ${recordFile(path)} ] || { printf 'record '; cat ${recordFile(path)}; }`,
  ]);
}

/**
 * Reads what {@link probeStorage} printed.
 *
 * @throws Error when the probe failed
 */
export function parseStorage(reply: Reply, params: PreflightParams): StorageState {
  const field = (name: string) => new RegExp(`^${name} (.*)$`, 'm').exec(reply.stdout)?.[1];
  const [blocks, size] = field('free')?.split(' ') ?? [];
  const access = field('access');
  return {
    mounted: parseMountPoint(reply, mountOf(params)).mounted,
    silent: field('silent') !== undefined,
    unusable: field('unusable'),
    free: blocks === undefined ? undefined : Number(blocks) * Number(size),
    owner: field('owner') ?? '',
    uid: field('uid') ?? '',
    access: access === 'granted' || access === 'no-user' ? access : 'denied',
    record: field('record'),
  };
}

/** Returns the record of a successful test: the user, and what was mounted. */
export function recordFor({ mounted }: StorageState, { user }: PreflightParams): string {
  return `${user} ${mounted === undefined ? 'not mounted' : mounted.source}`;
}

/** Returns the script that does what a registry does, as its user, and records its success. */
export function tryStorage({ path, user }: PreflightParams, record: string): Sh {
  const work = sh`d=$(mktemp -d ${`${path}/.provision-XXXXXX`}) || exit
trap 'rm -rf "$d"' EXIT
failed() { echo "$1 in" ${path} >&2; exit 1; }
{ echo one >"$d/a" && echo two >"$d/b"; } || failed 'no file can be written'
mv -f "$d/b" "$d/a" || failed 'a file cannot be renamed'
[ "$(cat "$d/a")" = two ] || failed 'a file is not what was renamed to it'
ln "$d/a" "$d/c" || failed 'there are no hard links'
mkdir "$d/d" && mv "$d/d" "$d/e" || failed 'a directory cannot be renamed'`;
  const file = recordFile(path);
  return sh`${as(user, work)} || exit
mkdir -p ${records} && printf '%s\n' ${record} >${`${file}.new`} && mv -f ${`${file}.new`} ${file}`;
}

function as(user: string, script: Sh): Sh {
  const shell = user === 'root' ? sh`sh -c ${script.script}` : sh`su -s /bin/sh -c ${script.script} ${user}`;
  return sh`timeout -s KILL ${patience * 3} ${shell}`;
}

/** Returns the file of a path's record: by a sum where the path is longer than a name may be. */
function recordFile(path: string): string {
  const name = unitName(path, 'tried');
  return `${records}/${name.length > 240 ? `${createHash('sha256').update(path).digest('hex')}.tried` : name}`;
}

function mountOf({ path }: PreflightParams) {
  return { path, opts: '' };
}
