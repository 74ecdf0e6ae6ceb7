import { defineResource } from '../../../model/define-resource.js';
import type { HostContext, Plan, Resource } from '../../../model/resource.js';
import { joinSh, type Sh, sh } from '../../../sh.js';
import { contentOf, textOf } from '../../content/file-content.js';
import { forceHint, isForced } from '../../content/kept-content.js';
import { attributesToGive } from '../../content/plan-content.js';
import { madeThing } from '../../content/recorded-file.js';
import { replaceHostFile } from '../../content/replace-file.js';
import { below, pathNeeds } from '../../path/refs.js';
import { type EditedFstab, putEntry, removeEntry } from '../fstab.js';
import { type MountState, parseMount, probeMount } from '../mount-state.js';
import { actionsOf, takeOptions } from './mount-actions.js';
import { type MountParams, mountParams } from './mount-params.js';

/**
 * File system in /etc/fstab, and mounted.
 *
 * @example mount({ path: '/srv/images', src: 'nfs1:/var/export/images', fstype: 'nfs', opts: 'ro,soft' })
 */
export const mount = defineResource({
  kind: 'mount',
  summary: 'A file system: in fstab, and mounted',
  params: mountParams,
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

function plan(state: MountState, params: MountParams, host: HostContext): Plan<MountState> {
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
  const isNew = fstab.changed && !fstab.overwrites && params.state !== 'absent';
  const made = madeThing({ kind: 'mount', id: params.path }, { path: params.path, state: 'absent' });
  const apply = { via: 'sh' as const, script, deadline: 180, ...stdin };
  return { verdict: 'change', summary, apply, ...(isNew && { writes: [made] }), ...diff };
}

function refusalOf(
  { fstab, place, leadsTo, mountedThere, mounted }: MountState,
  { path, state }: MountParams,
  forced: boolean,
) {
  if (fstab.unreadable || (fstab.content !== undefined && textOf(fstab.content) === undefined)) {
    return { message: '/etc/fstab cannot be read as text' };
  }
  const leaves = state === 'unmounted' || state === 'absent';
  if (leaves && !mountedThere) return undefined;
  if (leadsTo !== undefined) return { message: `${path} leads through a link`, hint: `set path: ${leadsTo}` };
  if (place === 'no-directory' && mounted === undefined) return { message: `${path} exists and is not a directory` };
  if (state === 'mounted' && place === 'filled' && !forced) {
    return {
      message: `${path} is not empty: a mount would hide what is in it`,
      hint: 'empty it, or set `force: true`',
    };
  }
  return undefined;
}

function editFstab(text: string, params: MountParams): EditedFstab {
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

/** Writes fstab, after the mount: an entry that can't be mounted would stop the next boot. */
function writeFstab({ fstab }: MountState, text: string, { backup }: MountParams, host: HostContext): Sh {
  return joinSh([
    replaceHostFile({
      path: fstab.real,
      sha256: contentOf(text).sha256,
      attributes: attributesToGive(fstab, {}, host),
      backup,
    }),
    sh`[ $? = 0 ] || exit
[ ! -d /run/systemd/system ] || systemctl daemon-reload`,
  ]);
}
