import { joinSh, type Sh, sh } from '../../../sh.js';
import { isBind, type MountState } from '../mount-state.js';
import type { MountParams } from './mount-params.js';

/** Step towards what is to be mounted. */
export interface Action {
  readonly word: string;
  readonly script: Sh;
  /** It replaces something else that is mounted. */
  readonly replaces: boolean;
}

/** Lists the steps from what is mounted to what is to be mounted. */
export function actionsOf({ mounted }: MountState, params: MountParams): readonly Action[] {
  const { path, src = '', fstype = '', opts, state } = params;
  const unmount = sh`umount ${path} </dev/null || exit`;
  if (state === 'present') return [];
  if (state !== 'mounted')
    return mounted === undefined ? [] : [{ word: 'unmounted', script: unmount, replaces: false }];
  const script = sh`made=; [ -d ${path} ] || { (umask 022; mkdir -p ${path}) && made=yes; } || exit
mount -t ${fstype} -o ${opts} -- ${src} ${path} </dev/null || { status=$?; [ -z "$made" ] || rmdir ${path}; exit "$status"; }`;
  if (mounted === undefined) return [{ word: 'mounted', script, replaces: false }];
  if (!mounted.asWanted || !sameType(mounted.fstype, params)) {
    const word = `${mounted.source} (${mounted.fstype}) -> ${src} (${fstype})`;
    return [{ word, script: joinSh([unmount, script]), replaces: true }];
  }
  const readOnly = opts.split(',').includes('ro');
  if (mounted.readOnly === readOnly) return [];
  const remount = sh`mount -o ${`remount,${isBind(opts) ? 'bind,' : ''}${readOnly ? 'ro' : 'rw'}`} ${path} </dev/null || exit`;
  return [{ word: `mounted ${readOnly ? 'rw -> ro' : 'ro -> rw'}`, script: remount, replaces: false }];
}

function sameType(found: string, { fstype = '', opts }: MountParams): boolean {
  if (isBind(opts) || fstype === 'auto') return true;
  const family = (type: string) => (type === 'nfs4' ? 'nfs' : type);
  return family(found) === family(fstype);
}

/** Remounts a file system with the options of its new entry, where the file system can. */
export function takeOptions({ path, state }: MountParams): Sh {
  if (state !== 'mounted') return sh`:`;
  return sh`mount -o remount ${path} </dev/null || { echo 'fstab is updated, but what is mounted has to be unmounted to take its options over' >&2; exit 1; }`;
}
