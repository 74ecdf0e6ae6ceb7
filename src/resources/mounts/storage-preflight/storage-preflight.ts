import { defineResource } from '../../../model/define-resource.js';
import type { Plan, Resource } from '../../../model/resource.js';
import { accountNeeds } from '../../path/refs.js';
import { inBytes } from '../byte-size.js';
import { type PreflightParams, preflightParams } from './storage-preflight-params.js';
import { parseStorage, probeStorage, recordFor, type StorageState, tryStorage } from './storage-probe.js';

/**
 * Check of storage before something depends on it: mounted, usable by its user, with space. Once for each user and
 * mount, a file is written, renamed and linked there, and deleted again.
 *
 * @example storage_preflight({ path: '/srv/registry', user: 'docker-registry', min_free: '10G' })
 */
export const storage_preflight = defineResource({
  kind: 'storage_preflight',
  summary: 'Check that storage is mounted, writable and has space, and that renames and hard links work',
  params: preflightParams,
  create: (params): Resource<StorageState> => ({
    kind: 'storage_preflight',
    id: params.path,
    provides: [],
    needs: [...params.needs, `mount:${params.path}`, `path:${params.path}`, ...accountNeeds(params.user, undefined)],
    staging: 'skip',
    probe: () => probeStorage(params),
    parse: (reply) => parseStorage(reply, params),
    plan: (state) => plan(state, params),
    result: ({ mounted, free }) => ({ mounted: mounted !== undefined, src: mounted?.source, free }),
  }),
});

function plan(state: StorageState, params: PreflightParams): Plan<StorageState> {
  const refusal = refusalOf(state, params);
  if (refusal !== undefined) return { verdict: 'refused', ...refusal };
  const note = `${inBytes(state.free ?? 0)} free`;
  if (!params.write || state.record === recordFor(state, params)) return { verdict: 'ok', note };
  return {
    verdict: 'change',
    summary: `tried out: written, renamed and linked as ${params.user}`,
    apply: { via: 'sh', script: tryStorage(params, recordFor(state, params)), deadline: 120 },
    details: [note],
  };
}

function refusalOf(state: StorageState, { path, user, write, mounted, min_free }: PreflightParams) {
  const { free, access } = state;
  if (mounted && state.mounted === undefined) {
    return {
      message: `nothing is mounted at ${path}: what is written there would fill the disk below it`,
      hint: 'check that its server is up and exports it to this host; `systemctl status` of the mount unit shows more',
    };
  }
  if (state.silent) return { message: `${path} does not answer: the server of ${state.mounted?.source} may be down` };
  if (state.unusable !== undefined) return { message: `${path} cannot be read: ${state.unusable}` };
  if (free === undefined) return { message: `there is no directory ${path}` };
  if (access === 'no-user') return { message: `there is no user ${user} on this host` };
  if (write && state.mounted?.readOnly === true)
    return { message: `${path} is mounted read-only`, hint: 'set opts: rw' };
  if (access !== 'granted') return deniedTo(state, user, path, write);
  if (free < min_free) {
    return { message: `${inBytes(free)} are free at ${path}, ${inBytes(min_free)} are wanted (min_free)` };
  }
  return undefined;
}

function deniedTo({ mounted, owner, uid }: StorageState, user: string, path: string, write: boolean) {
  const remote = mounted !== undefined && /^nfs4?$/.test(mounted.fstype);
  return {
    message: `${user} (uid ${uid}) may not ${write ? 'write to' : 'read'} ${path}, which is ${owner}`,
    ...(remote
      ? {
          hint: `the NFS server decides: with all_squash everybody is its anonymous account (nobody, or anonuid and anongid), which must own what is exported; otherwise uid ${uid} must${user === 'root' ? ', and root is squashed too unless no_root_squash' : ''}`,
        }
      : {}),
  };
}
