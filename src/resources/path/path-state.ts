import type { Reply } from '../../model/resource.js';
import { foreignLinkIn } from './foreign-link.js';

/** State of a path of a host. */
export interface PathState {
  /** Type of what is there, links followed; a link that leads nowhere is `absent`. */
  readonly type: 'absent' | 'file' | 'directory' | 'other';
  /** Target of the link at the path, if it is one. */
  readonly link: string | undefined;
  /** Path with links followed: the file that is really written. */
  readonly real: string;
  /** Four octal digits; empty where nothing is there. */
  readonly mode: string;
  readonly uid: string;
  readonly gid: string;
  /** Link on the way to it that another user may have put there, and that is not followed. */
  readonly foreignLink: string | undefined;
  /** Names, or numbers where there is no name. */
  readonly owner: string;
  readonly group: string;
  /** Size in bytes. */
  readonly size: number;
  /** Lower-case hex; known only where the probe had a reason to read the file. */
  readonly sha256: string | undefined;
  /** Known where the probe was to print it and the file is not too large. */
  readonly content: Uint8Array | undefined;
  /** The package manager knows the file, and it is unchanged since the package brought it. */
  readonly pristine: boolean;
  /** State of the folder that it lies in. */
  readonly parent: 'present' | 'missing' | 'denied';
  /** The file cannot be read by the user of the task. */
  readonly unreadable: boolean;
  /** It is a file that something else is mounted on, so it can't be replaced or removed. */
  readonly mountPoint: boolean;
  /** A link leads out of the staging folder. */
  readonly outside: boolean;
  /** Numbers of the wanted accounts; undefined where the host doesn't know them. */
  readonly wantedUid: string | undefined;
  readonly wantedGid: string | undefined;
  /** Effective user of the probe. */
  readonly euid: number;
}

/**
 * Reads what {@link probePath} printed.
 *
 * @throws Error when the probe failed
 */
export function parsePath(reply: Reply, path: string): PathState {
  const fields = new Map<string, string>();
  for (const line of reply.stdout.split('\n')) {
    const blank = line.indexOf(' ');
    if (blank > 0) fields.set(line.slice(0, blank), line.slice(blank + 1));
  }
  if (!fields.has('end')) {
    throw new Error(`could not read ${path}: ${reply.stderr.trim() || `exit status ${reply.status}`}`);
  }
  const [size = '0', mode = '', uid = '', gid = '', kind = '', owner = '', group = ''] =
    fields.get('stat')?.split('|') ?? [];
  if (!/^[0-7]*$/.test(mode) || !/^\d*$/.test(uid) || !/^\d*$/.test(gid))
    throw new Error(`could not read ${path}: mode, owner or group is no number`); // They go into commands.
  if (`${owner}${group}`.includes('\0')) throw new Error(`could not read ${path}: owner or group is no name`);
  const sha256 = fields.get('sha256');
  const packaged = fields.get('packaged');
  return {
    type: fields.has('stat') ? readType(kind) : 'absent',
    link: decode(fields.get('link')),
    real: decode(fields.get('real')) ?? path,
    mode: mode === '' ? '' : mode.padStart(4, '0'),
    uid,
    gid,
    owner: owner === 'UNKNOWN' ? uid : owner,
    group: group === 'UNKNOWN' ? gid : group,
    size: Number(size),
    sha256,
    content: fields.has('content') ? Buffer.from(fields.get('content') ?? '', 'base64') : undefined,
    pristine: packaged !== undefined && (packaged === sha256 || packaged === fields.get('md5')),
    parent: readParent(fields.get('parent')),
    unreadable: fields.has('unreadable'),
    mountPoint: fields.has('mount-point'),
    outside: fields.has('outside'),
    foreignLink: foreignLinkIn(reply),
    wantedUid: fields.get('wanted-uid') || undefined,
    wantedGid: fields.get('wanted-gid') || undefined,
    euid: Number(fields.get('euid') ?? 0),
  };
}

function decode(field: string | undefined): string | undefined {
  return field === undefined ? undefined : Buffer.from(field, 'base64').toString('utf8').replace(/\n$/, '');
}

function readType(kind: string): PathState['type'] {
  if (kind.startsWith('regular')) return 'file';
  return kind === 'directory' ? 'directory' : 'other';
}

function readParent(word: string | undefined): PathState['parent'] {
  return word === 'missing' || word === 'denied' ? word : 'present';
}
