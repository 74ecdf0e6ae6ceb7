import type { Reply } from '../../model/resource.js';
import { joinSh, type Sh, sh } from '../../sh.js';
import { escapePoint, mountPoints } from '../path/mount-points.js';
import { type PathState, parsePath } from '../path/path-state.js';
import { probePath } from '../path/probe-path.js';
import { unescapeField } from './fstab.js';

/** Wanted mount. */
export interface WantedMount {
  readonly path: string;
  readonly src?: string | undefined;
  readonly opts: string;
}

/** State of a mount point, with fstab. */
export interface MountState extends MountPoint {
  readonly fstab: PathState;
}

/** State of a mount point: what is mounted there, and what a mount would hide. */
export interface MountPoint {
  readonly mounted: Mounted | undefined;
  /** Content of the path while nothing is mounted there. */
  readonly place: 'absent' | 'empty' | 'filled' | 'no-directory';
  /** Target of the path, where it leads through a link. */
  readonly leadsTo: string | undefined;
  /** Something is mounted at that target. */
  readonly mountedThere: boolean;
}

export interface Mounted {
  /** Name that the kernel has for it; for a loop device, the file behind it. */
  readonly source: string;
  readonly fstype: string;
  readonly readOnly: boolean;
  /** It is the wanted one, by name, device or (bound) inode. */
  readonly asWanted: boolean;
}

/** Returns the script that reads mountinfo and fstab. */
export function probeMount(wanted: WantedMount): Sh {
  return joinSh([probePath('/etc/fstab', { root: '', content: true }), probeMountPoint(wanted)]);
}

/**
 * Returns the script that reads mountinfo. It does not touch what is mounted, as a dead server would hang the probe.
 */
export function probeMountPoint({ path, src = '', opts }: WantedMount): Sh {
  return joinSh([
    mountPoints,
    sh`m=
while read -r _ _ _ root point rest; do [ "$point" != ${escapePoint(path)} ] || m="$root $rest"; done </proc/self/mountinfo
if [ -n "$m" ]; then
  printf 'mounted %s\n' "$m"
  case \${m##* - } in
  */dev/loop*) l=\${m##*/dev/}; l=\${l%% *}; [ ! -r "/sys/block/$l/loop/backing_file" ] || { printf 'backing '; cat "/sys/block/$l/loop/backing_file"; } ;;
  esac`,
    device(src),
    isBind(opts)
      ? sh`  [ "$(stat -L -c %d:%i ${src} 2>/dev/null)" != "$(stat -c %d:%i ${path} 2>/dev/null)" ] || echo 'bound yes'`
      : sh``,
    sh`else
  p=${path}; a=$p; while [ ! -e "$a" ] && [ ! -L "$a" ] && [ -n "$a" ]; do a=\${a%/*}; done
  t=$(readlink -f "\${a:-/}") && [ "$t" != "\${a:-/}" ] && {
    printf 'leads-to %s\n' "$t\${p#"$a"}"
    ! mounted_at "$t\${p#"$a"}" || echo 'mounted-there yes'
  }
  if [ -d ${path} ]; then
    if [ -z "$(ls -A ${path} 2>/dev/null | head -n 1)" ]; then echo 'place empty'; else echo 'place filled'; fi
  elif [ -e ${path} ]; then echo 'place no-directory'
  else echo 'place absent'; fi
fi
echo 'done yes'`,
  ]);
}

function device(src: string): Sh {
  const [, tag = '', value = ''] = /^(UUID|LABEL|PARTUUID|PARTLABEL)="?([^"]*)"?$/.exec(src) ?? [];
  if (tag !== '') return sh`  printf 'device %s\n' "$(readlink -f ${`/dev/disk/by-${tag.toLowerCase()}/${value}`})"`;
  return src.startsWith('/dev/') ? sh`  printf 'device %s\n' "$(readlink -f ${src})"` : sh``;
}

export function isBind(opts: string): boolean {
  return opts.split(',').some((option) => option === 'bind' || option === 'rbind');
}

/**
 * Reads what {@link probeMount} printed.
 *
 * @throws Error when the probe failed
 */
export function parseMount(reply: Reply, wanted: WantedMount): MountState {
  const point = parseMountPoint(reply, wanted);
  return { ...point, fstab: parsePath(reply, '/etc/fstab') };
}

/**
 * Reads what {@link probeMountPoint} printed.
 *
 * @throws Error when the probe failed
 */
export function parseMountPoint(reply: Reply, wanted: WantedMount): MountPoint {
  const field = (name: string) => new RegExp(`^${name} (.*)$`, 'm').exec(reply.stdout)?.[1];
  if (field('done') === undefined) throw new Error(`could not read what is mounted: ${reply.stderr.trim()}`);
  const place = field('place');
  const leadsTo = field('leads-to');
  return {
    mounted: parseMounted(field('mounted'), field('backing'), field('device'), field('bound') !== undefined, wanted),
    place: place === 'empty' || place === 'filled' || place === 'no-directory' ? place : 'absent',
    leadsTo,
    mountedThere: field('mounted-there') !== undefined,
  };
}

/**
 * Reads a line of mountinfo, proc(5): root, options, optional ones, a dash, type, source, options of the superblock.
 */
function parseMounted(
  line: string | undefined,
  backing: string | undefined,
  device: string | undefined,
  bound: boolean,
  { src, opts }: WantedMount,
): Mounted | undefined {
  if (line === undefined) return undefined;
  const [before = '', after = ''] = line.split(' - ');
  const [fstype = '', named = ''] = after.split(' ');
  const source = unescapeField(backing ?? named);
  const readOnly = (before.split(' ')[1] ?? '').split(',').includes('ro');
  const asWanted = isBind(opts)
    ? bound
    : [src, device].some((one) => one !== undefined && plain(one) === plain(source));
  return { source, fstype, readOnly, asWanted };
}

function plain(source: string): string {
  return source.replace(/(?<=[^/])\/+$|(?<=^\/)\/+$/, '');
}
