import { posix } from 'node:path';
import { z } from 'zod';
import { defineResource } from '../../model/define-resource.js';
import { originOf, type RecordedText } from '../../model/records.js';
import type { HostContext, Plan, Resource } from '../../model/resource.js';
import { joinSh, type Sh, sh } from '../../sh.js';
import { contentOf } from '../content/file-content.js';
import { keptText } from '../content/kept-content.js';
import { planContent } from '../content/plan-content.js';
import { fileKey, foundText, textValue } from '../content/recorded-file.js';
import { temporaryBeside } from '../content/temporary-beside.js';
import { foreignFolder, refuseMountPoint } from '../path/obstacle.js';
import { type PathState, parsePath } from '../path/path-state.js';
import { probePath } from '../path/probe-path.js';

const params = z.strictObject({
  path: z.string().describe('File or link that an earlier run made'),
  leaves: z.string().optional().describe('Text that takes its place; default: nothing is there'),
});

/**
 * File that an earlier run made and the site no longer names: it is gone, unless somebody has edited it. A unit is stopped
 * first, and what systemd reads, or the list of trusted authorities, follows.
 */
export const written_file = defineResource({
  kind: 'written_file',
  summary: 'A file that an earlier run made is gone',
  params,
  create: (params): Resource<PathState> => ({
    kind: 'written_file',
    id: params.path,
    provides: [`path:${params.path}`],
    needs: [`path:${params.path}`],
    staging: 'skip',
    probeDeadline: 600,
    probe: () =>
      probePath(params.path, { root: '', wanted: { size: -1, sha256: 'any', secret: true, isRecorded: true } }),
    parse: (reply) => parsePath(reply, params.path),
    plan: (state, host) => plan(state, params, host),
  }),
});

function plan(state: PathState, { path, leaves }: z.output<typeof params>, host: HostContext): Plan<PathState> {
  const astray = foreignFolder(state, path);
  if (astray !== undefined) return astray;
  const isThere = state.type !== 'absent' || state.link !== undefined;
  if (!isThere || (state.type === 'directory' && state.link === undefined)) return { verdict: 'ok' };
  const found = foundIn(state, path);
  if (leaves !== undefined && found?.value === textValue(leaves)) return { verdict: 'ok' };
  if (state.mountPoint && state.link === undefined) return refuseMountPoint(path);
  if (found === undefined && !host.force) {
    return { verdict: 'refused', message: `${path} can't be read, so that nobody knows whether it was edited` };
  }
  if (found !== undefined && originOf(host.records, found) === 'edited' && !host.force) {
    const kept = keptText('made by an earlier run, and the site no longer names it', { force: false }, 'edited');
    return { verdict: 'kept', ...kept, hint: '--prune with --force removes it; a dated copy stays' };
  }
  if (leaves !== undefined) return planText(state, path, leaves, host);
  const unit = unitOf(path);
  const isEdited = found !== undefined && originOf(host.records, found) === 'edited';
  return {
    verdict: 'change',
    summary: unit === undefined ? 'removed' : `${unit} stopped, and removed`,
    apply: { via: 'sh', script: removal(path, unit, isEdited), deadline: 400 },
  };
}

function planText(state: PathState, path: string, leaves: string, host: HostContext): Plan<PathState> {
  const wanted = { path, content: contentOf(leaves), secret: false, force: true, backup: true };
  const planned = planContent(state, wanted, host);
  return planned.verdict === 'change' ? { ...planned, summary: 'emptied' } : planned;
}

function foundIn(state: PathState, path: string): RecordedText | undefined {
  return state.link === undefined ? foundText(state, path) : { key: fileKey(path), value: `link:${state.link}` };
}

/** Folders of authorities that the host trusts, and what makes its list of them. */
const trustUpdates = [
  ['/usr/local/share/ca-certificates/', ['update-ca-certificates']],
  ['/etc/pki/ca-trust/source/anchors/', ['update-ca-trust', 'extract']],
] as const;

/** Returns the unit that a file is of; undefined for any other file. */
function unitOf(path: string): string | undefined {
  const quadlet = /^\/etc\/containers\/systemd\/([^/]+)\.container$/.exec(path)?.[1];
  if (quadlet !== undefined) return `${quadlet}.service`;
  return /^\/etc\/systemd\/system\/([^/]+\.(?:service|timer|mount|automount|socket|path|target))$/.exec(path)?.[1];
}

function removal(path: string, unit: string | undefined, isEdited: boolean): Sh {
  const keep = sh`LC_ALL=C; export LC_ALL
${temporaryBeside}
backup_name ${path}; mv ${path} "$old"`;
  const remove = isEdited ? keep : sh`rm -f -- ${path}`;
  const stop =
    unit === undefined
      ? []
      : [
          sh`if systemctl -q is-active -- ${unit}; then systemctl stop -- ${unit} || exit; fi
systemctl -q disable -- ${unit} 2>/dev/null`,
        ];
  const folder = posix.dirname(path);
  const isUnit = unit !== undefined || /^\/etc\/systemd\/system\/[^/]+\.d\/[^/]+$/.test(path);
  return joinSh([
    ...stop,
    sh`${remove} || exit`,
    ...(isUnit ? [sh`systemctl daemon-reload || exit`] : []),
    // A folder for a registry's certificates, or a unit's drop-ins, which goes with the last of them.
    ...(/\/certs\.d\/[^/]+\/[^/]+$|^\/etc\/systemd\/system\/[^/]+\.d\/[^/]+$/.test(path)
      ? [sh`rmdir ${folder} 2>/dev/null`]
      : []),
    ...trustUpdates.flatMap(([folder, update]) => (path.startsWith(folder) ? [sh`${update} >/dev/null || exit`] : [])),
    sh`:`,
  ]);
}
