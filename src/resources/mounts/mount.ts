import { z } from 'zod';
import { defineResource } from '../../model/define-resource.js';
import type { HostContext, Plan, Resource } from '../../model/resource.js';
import { joinSh, type Sh, sh } from '../../sh.js';
import { contentOf, textOf } from '../content/file-content.js';
import { forceHint, isForced } from '../content/kept-content.js';
import { attributesToGive } from '../content/plan-content.js';
import { replaceFile } from '../content/replace-file.js';
import { absolutePath, backup, forceParams, needs } from '../path/path-params.js';
import { below, pathNeeds } from '../path/refs.js';
import { type EditedFstab, putEntry, removeEntry } from './fstab.js';
import { isBind, type MountState, parseMount, probeMount } from './mount-state.js';

const params = z
  .strictObject({
    path: absolutePath.describe('Where it is mounted; the directory is made where it is missing'),
    src: z
      .string()
      .min(1)
      .optional()
      .describe('What is mounted: `server:/share`, `/dev/vdb1`, `UUID=…`, a directory to bind'),
    fstype: z
      .string()
      .regex(/^[\w.,-]+$/, { error: 'is no type of a file system' })
      .optional()
      .describe('nfs, xfs, none for a bind'),
    opts: z
      .string()
      .regex(/^\S+$/, { error: 'must be options separated by commas, without blanks' })
      .default('defaults')
      .describe('Options, as in fstab'),
    dump: z.int().min(0).default(0).describe('Fifth field of fstab'),
    pass: z.int().min(0).default(0).describe('Sixth field of fstab: the order of checks at boot'),
    state: z
      .enum(['mounted', 'present', 'unmounted', 'absent'])
      .default('mounted')
      .describe('In fstab and mounted; in fstab; not mounted; neither'),
    backup,
    ...forceParams,
    needs,
  })
  .refine(({ state, src }) => state === 'unmounted' || state === 'absent' || src !== undefined, {
    error: 'src is missing: what is mounted',
    path: ['src'],
  })
  .refine(({ state, fstype }) => state === 'unmounted' || state === 'absent' || fstype !== undefined, {
    error: 'fstype is missing: nfs, xfs, …',
    path: ['fstype'],
  });

type Params = z.output<typeof params>;

/**
 * A file system in /etc/fstab, and mounted.
 *
 * @example mount({ path: '/srv/images', src: 'nfs1:/var/export/images', fstype: 'nfs', opts: 'ro,soft' })
 */
export const mount = defineResource({
  kind: 'mount',
  summary: 'A file system: in fstab, and mounted',
  params,
  create: (params): Resource<MountState> => ({
    kind: 'mount',
    id: params.path,
    provides: [`mount:${params.path}`, `path:${params.path}`, below(params.path)],
    needs: [...params.needs, `mount:${params.path}`, 'path:/etc/fstab', ...pathNeeds(params.path)],
    staging: 'skip',
    probe: () => probeMount(params),
    parse: (reply) => parseMount(reply, params),
    plan: (state, host) => plan(state, params, host),
    result: ({ mounted }) => ({ mounted: mounted !== undefined, src: mounted?.source, fstype: mounted?.fstype }),
  }),
});

function plan(state: MountState, params: Params, host: HostContext): Plan<MountState> {
  const forced = isForced(params, host);
  const refusal = refusalOf(state, params, forced);
  if (refusal !== undefined) return { verdict: 'refused', ...refusal };
  const fstab = editFstab(textOf(state.fstab.content) ?? '', params);
  const actions = actionsOf(state, params);
  const summary = [...actions.map(({ word }) => word), ...(fstab.changed ? ['fstab updated'] : [])].join(', ');
  const diff = fstab.changed
    ? { diff: { label: '/etc/fstab', before: textOf(state.fstab.content) ?? '', after: fstab.text } }
    : {};
  if (summary === '') return { verdict: 'ok' };
  if (!forced && (fstab.overwrites || actions.some(({ replaces }) => replaces))) {
    const found = fstab.overwrites ? 'fstab has another entry for it' : `${state.mounted?.source} is mounted there`;
    return { verdict: 'kept', summary: found, hint: forceHint(params), ...diff };
  }
  const write = fstab.changed ? [writeFstab(state, fstab.text, params, host)] : [];
  const remount = fstab.overwrites && actions.length === 0 && state.mounted !== undefined ? [takeOptions(params)] : [];
  const script = joinSh([sh`LC_ALL=C; export LC_ALL`, ...actions.map(({ script }) => script), ...write, ...remount]);
  const stdin = fstab.changed ? { stdin: fstab.text } : {};
  return { verdict: 'change', summary, apply: { via: 'sh', script, deadline: 180, ...stdin }, ...diff };
}

function refusalOf({ fstab, place, leadsTo, mounted }: MountState, { path, state }: Params, forced: boolean) {
  if (fstab.unreadable || (fstab.content !== undefined && textOf(fstab.content) === undefined)) {
    return { message: '/etc/fstab cannot be read as text' };
  }
  if (state === 'unmounted' || state === 'absent') return undefined;
  if (leadsTo !== undefined) return { message: `${path} leads through a link`, hint: `path: ${leadsTo}` };
  if (place === 'no-directory' && mounted === undefined) return { message: `${path} exists and is no directory` };
  if (state === 'mounted' && place === 'filled' && !forced) {
    return { message: `${path} is not empty: a mount would hide what is in it`, hint: 'empty it, or `force: true`' };
  }
  return undefined;
}

function editFstab(text: string, params: Params): EditedFstab {
  const { path, src = '', fstype = '', opts, dump, pass } = params;
  switch (params.state) {
    case 'mounted':
    case 'present':
      return putEntry(text, { source: src, path, fstype, options: opts, dump, pass });
    case 'absent':
      return removeEntry(text, path);
    case 'unmounted':
      return { text, changed: false, overwrites: false };
  }
}

interface Action {
  readonly word: string;
  readonly script: Sh;
  /** Something else that is mounted has to go for it. */
  readonly replaces: boolean;
}

function actionsOf({ mounted }: MountState, params: Params): readonly Action[] {
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

function sameType(found: string, { fstype = '', opts }: Params): boolean {
  if (isBind(opts) || fstype === 'auto') return true;
  const family = (type: string) => (type === 'nfs4' ? 'nfs' : type);
  return family(found) === family(fstype);
}

/** Mounted first: an entry that can't be mounted would stop the next boot. */
function writeFstab({ fstab }: MountState, text: string, { backup }: Params, host: HostContext): Sh {
  return joinSh([
    replaceFile({
      path: fstab.real,
      sha256: contentOf(text).sha256,
      attributes: attributesToGive(fstab, {}, host),
      backup,
    }),
    sh`[ $? = 0 ] || exit
[ ! -d /run/systemd/system ] || systemctl daemon-reload`,
  ]);
}

/** What is mounted takes over the options of its new entry, where its file system can. */
function takeOptions({ path, state }: Params): Sh {
  if (state !== 'mounted') return sh`:`;
  return sh`mount -o remount ${path} </dev/null || { echo 'fstab is updated, but what is mounted has to be unmounted to take its options over' >&2; exit 1; }`;
}
