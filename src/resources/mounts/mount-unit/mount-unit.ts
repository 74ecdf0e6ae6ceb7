import { defineResource } from '../../../model/define-resource.js';
import type { HostContext, Plan, Reply, Resource } from '../../../model/resource.js';
import { joinSh, type Sh, sh } from '../../../sh.js';
import { isForced, keptText, mayUpdate } from '../../content/kept-content.js';
import { below, pathNeeds } from '../../path/refs.js';
import type { ServiceState } from '../../services/service-manager.js';
import { systemd } from '../../services/systemd.js';
import {
  parseUnitFiles,
  probeUnitFiles,
  type UnitFile,
  unitDiff,
  unitDifferences,
  unitOrigin,
  unitTexts,
  writeUnitFile,
} from '../../services/unit-files.js';
import { unitName } from '../../services/unit-name.js';
import { type MountPoint, parseMountPoint, probeMountPoint } from '../mount-state.js';
import { type MountUnitParams, mountUnitParams } from './mount-unit-params.js';
import { mountUnitFile, startMount, stopMount, tryMount } from './mount-unit-scripts.js';

interface MountUnitState extends MountPoint {
  /** Text of the unit file; undefined where there is none. */
  readonly written: string | undefined;
  readonly unit: ServiceState;
}

/**
 * File system as a unit of systemd, which services can require. Another source or other options are tried out before
 * what is mounted is replaced. Services that are bound to the mount are stopped for it and started again.
 *
 * @example mount_unit({ path: '/srv/registry', src: 'nfs1:/var/export/registry31', opts: 'hard' })
 */
export const mount_unit = defineResource({
  kind: 'mount_unit',
  summary: 'A file system: as a mount unit of systemd, enabled and mounted',
  params: mountUnitParams,
  create: (params): Resource<MountUnitState> => {
    const name = unitName(params.path, 'mount');
    const file = mountUnitFile(params, name);
    const wanted = { path: params.path, src: params.src, opts: params.opts };
    return {
      kind: 'mount_unit',
      id: params.path,
      provides: [`mount:${params.path}`, `path:${params.path}`, below(params.path)],
      needs: [...params.needs, `mount:${params.path}`, `path:${file.path}`, ...pathNeeds(params.path)],
      staging: 'skip',
      probe: () => joinSh([probeUnitFiles([file.path]), probeMountPoint(wanted), systemd.probe(name)]),
      parse: (reply: Reply) => ({
        ...parseMountPoint(reply, wanted),
        written: parseUnitFiles(reply, [file.path])[0],
        unit: systemd.parse(reply, name),
      }),
      plan: (state, host) => plan(state, { ...params, name, file }, host),
      result: ({ mounted }) => ({ mounted: mounted !== undefined, src: mounted?.source, fstype: mounted?.fstype }),
    };
  },
});

interface Wanted extends MountUnitParams {
  readonly name: string;
  readonly file: UnitFile;
}

function plan(state: MountUnitState, wanted: Wanted, host: HostContext): Plan<MountUnitState> {
  if (host.facts.service_manager !== 'systemd') {
    return { verdict: 'refused', message: 'this host has no systemd', hint: 'use `mount`, which writes it into fstab' };
  }
  if (wanted.state === 'absent') return planAbsent(state, wanted);
  const files = unitDifferences([state.written], [wanted.file]);
  const origin = unitOrigin(files, host);
  const refusal = refusalOf(state, wanted, isForced(wanted, host));
  if (refusal !== undefined) return { verdict: 'refused', ...refusal };
  const { mounted, unit } = state;
  const another = mounted !== undefined && !isWanted(mounted, wanted);
  const overwrites = files.some(({ before }) => before !== undefined);
  if ((another || overwrites) && !mayUpdate(wanted, host, origin)) {
    const found = another ? `${mounted.source} is mounted there` : `${wanted.file.path} has other content`;
    return { verdict: 'kept', ...keptText(found, wanted, origin), ...unitDiff(files) };
  }
  const remount = mounted !== undefined && (another || overwrites);
  const summary = [
    ...(another ? [`${mounted.source} -> ${wanted.src}`] : remount ? ['remounted, with other options'] : []),
    ...(mounted === undefined ? ['mounted'] : []),
    ...(files.length > 0 && !remount ? ['unit written'] : []),
    ...(files.length === 0 && unit.stale ? ['unit reloaded'] : []),
    ...(unit.enabled === false || !unit.exists ? ['enabled'] : []),
  ].join(', ');
  if (summary === '') return { verdict: 'ok' };
  const script = joinSh([
    sh`LC_ALL=C; export LC_ALL`,
    ...(files.length > 0 && (mounted === undefined || remount) ? [tryMount(wanted)] : []),
    ...(remount ? [stopMount(wanted)] : []),
    ...files.map(writeUnitFile),
    sh`systemctl daemon-reload || exit`,
    ...(mounted === undefined || remount ? [startMount(wanted)] : []),
    // Only the next boot reads this; without --no-reload systemd would read all its units once more.
    sh`systemctl -q --no-reload enable -- ${wanted.name}`,
  ]);
  const writes = unitTexts(files);
  return { verdict: 'change', summary, apply: { via: 'sh', script, deadline: 400 }, writes, ...unitDiff(files) };
}

function planAbsent(state: MountUnitState, { name, file, path }: Wanted): Plan<MountUnitState> {
  const { mounted, written, unit, leadsTo, mountedThere } = state;
  if (mountedThere)
    return { verdict: 'refused', message: `${path} leads through a link`, hint: `set path: ${leadsTo}` };
  const words = [...(mounted === undefined ? [] : ['unmounted']), ...(written === undefined ? [] : ['unit removed'])];
  if (words.length === 0) return { verdict: 'ok' };
  const script: Sh = sh`LC_ALL=C; export LC_ALL
${mounted === undefined ? sh`` : unit.exists ? sh`systemctl stop -- ${name} || exit` : sh`umount ${path} </dev/null || exit`}
${written === undefined ? sh`` : sh`systemctl -q disable -- ${name}; rm -f ${file.path} && systemctl daemon-reload || exit`}
chattr -i ${path} 2>/dev/null
rmdir ${path} 2>/dev/null
:`;
  return { verdict: 'change', summary: words.join(', '), apply: { via: 'sh', script, deadline: 400 } };
}

function refusalOf({ place, leadsTo, mounted, unit }: MountUnitState, { path, name }: Wanted, forced: boolean) {
  if (unit.masked) return { message: `${name} is masked`, hint: `systemctl unmask '${name}'` };
  if (leadsTo !== undefined) return { message: `${path} leads through a link`, hint: `set path: ${leadsTo}` };
  if (mounted !== undefined) return undefined;
  if (place === 'no-directory') return { message: `${path} exists and is not a directory` };
  if (place === 'filled' && !forced) {
    return {
      message: `${path} is not empty: a mount would hide what is in it`,
      hint: 'empty it, or set `force: true`',
    };
  }
  return undefined;
}

function isWanted(mounted: NonNullable<MountPoint['mounted']>, { fstype }: Wanted): boolean {
  const family = (type: string) => (type === 'nfs4' ? 'nfs' : type);
  return mounted.asWanted && family(mounted.fstype) === family(fstype);
}
