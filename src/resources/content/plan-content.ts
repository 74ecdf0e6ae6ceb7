import type { Origin } from '../../model/records.js';
import type { Apply, Diff, HostContext, Plan } from '../../model/resource.js';
import { joinSh, type Sh, sh } from '../../sh.js';
import { type Attributes, attributeDifferences, missingAccount, setAttributes } from '../path/attributes.js';
import { missingFolder, obstacleToFile, refuseMountPoint } from '../path/obstacle.js';
import type { PathState } from '../path/path-state.js';
import { type FileContent, textOf } from './file-content.js';
import { type ForceParams, isOnlyComments, keptText, mayUpdate, originOnHost } from './kept-content.js';
import { digestValue, fileKey, fileRemoval, foundText } from './recorded-file.js';
import { type InPlace, replaceHostFile } from './replace-file.js';

/** Wanted state of a file. */
export interface WantedFile extends Attributes, ForceParams {
  /** Path on the host, below the staging folder if there is one. */
  readonly path: string;
  readonly content: FileContent;
  readonly secret: boolean;
  readonly backup: boolean;
  readonly validate?: string | undefined;
  /** Write into the file itself, where no other can take its place; undefined where no parameter allows it. */
  readonly unsafe_writes?: boolean | undefined;
  /** Edit of a part of the file. `harmless`: no force is needed, as nothing is lost but comments. */
  readonly edit?: { readonly summary: string; readonly harmless: boolean };
}

/**
 * Compares a file with its wanted state: it is created where it is missing, kept where it differs; its attributes are
 * corrected.
 */
export function planContent(state: PathState, wanted: WantedFile, host: HostContext): Plan<PathState> {
  const obstacle = obstacleToFile(state, wanted.path);
  if (obstacle !== undefined) return obstacle;
  const { content } = wanted;
  const missing = missingFolder(state, wanted.path, host.root) ?? missingAccount(state, wanted, host.root);
  const uncertain = missing === undefined ? {} : { uncertain: missing };

  const found = foundText(state, wanted.path);
  const written = { key: fileKey(wanted.path), value: digestValue(content.sha256), before: found?.value };
  const writes = [written];

  if (state.type === 'absent') {
    const diff = contentDiff(state, wanted);
    const made = [{ ...written, removal: fileRemoval(wanted.path) }];
    const apply = write(state, wanted, host);
    return { verdict: 'change', summary: 'created', apply, writes: made, ...diff, ...uncertain };
  }
  const attributes = attributeDifferences(state, wanted, host.root);
  if (sameContent(state, content)) {
    if (attributes.length === 0) return { verdict: 'ok' };
    return {
      verdict: 'change',
      summary: attributes.join(', '),
      apply: correctAttributes(state, wanted, host),
      affects: [],
      ...uncertain,
    };
  }

  const diff = contentDiff(state, wanted);
  const summary = contentSummary(state, wanted);
  const origin = originOnHost(host, found);
  if (mayReplace(state, wanted, host, origin)) {
    if (state.mountPoint && wanted.unsafe_writes !== true) return refuseMountPoint(wanted.path, wanted.unsafe_writes);
    const all = [wanted.edit?.summary ?? `content replaced (${summary})`, ...attributes].join(', ');
    return { verdict: 'change', summary: all, apply: write(state, wanted, host), writes, ...diff, ...uncertain };
  }
  const kept = { ...keptText(`exists and differs (${summary})`, wanted, origin), ...diff };
  if (attributes.length === 0) return { verdict: 'kept', ...kept };
  return {
    verdict: 'change',
    summary: attributes.join(', '),
    apply: correctAttributes(state, wanted, host),
    affects: [],
    kept,
    ...uncertain,
  };
}

function sameContent(state: PathState, content: FileContent): boolean {
  if (state.sha256 !== undefined) return state.sha256 === content.sha256;
  const { bytes } = content;
  return state.content !== undefined && bytes !== undefined && Buffer.compare(state.content, bytes) === 0;
}

function mayReplace(state: PathState, wanted: WantedFile, host: HostContext, origin: Origin): boolean {
  if (wanted.edit?.harmless === true || mayUpdate(wanted, host, origin) || state.pristine || state.size === 0)
    return true;
  const text = textOf(state.content);
  return text !== undefined && isOnlyComments(text);
}

function contentSummary(state: PathState, wanted: WantedFile): string {
  if (wanted.edit !== undefined) return wanted.edit.summary;
  const text = wanted.secret || (textOf(state.content) !== undefined && textOf(wanted.content.bytes) !== undefined);
  return `${text ? '' : 'binary or large, '}${state.size} -> ${wanted.content.size} bytes`;
}

function contentDiff(state: PathState, wanted: WantedFile): { readonly diff?: Diff } {
  if (wanted.secret) return {};
  const before = state.type === 'absent' ? '' : textOf(state.content);
  const after = textOf(wanted.content.bytes);
  return before === undefined || after === undefined ? {} : { diff: { label: wanted.path, before, after } };
}

function correctAttributes(state: PathState, wanted: WantedFile, host: HostContext): Apply {
  return { via: 'sh', script: joinSh([sh`(`, setAttributes(sh`${state.real}`, state, wanted, host.root), sh`)`]) };
}

function write(state: PathState, wanted: WantedFile, host: HostContext): Apply {
  const script = replaceHostFile({
    path: state.real,
    makeFolders: host.root !== '',
    sha256: wanted.content.sha256,
    attributes: attributesToGive(state, wanted, host),
    validate: wanted.validate,
    backup: wanted.backup,
    ...inPlaceOf(state, wanted, host),
  });
  const { bytes, open } = wanted.content;
  if (bytes === undefined) return { via: 'upload', script, content: open, deadline: 3600 };
  return { via: 'sh', script, stdin: bytes };
}

/** Gives a temporary file, `$temp`, the owner and mode that the file is to have. */
export function attributesToGive(
  state: PathState,
  wanted: Attributes & { readonly secret?: boolean },
  host: HostContext,
): Sh {
  return state.type === 'absent' ? attributesOfNew(state, wanted, host) : attributesOfOld(state, wanted, host);
}

function attributesOfNew(state: PathState, wanted: Attributes & { readonly secret?: boolean }, host: HostContext): Sh {
  const mode = wanted.mode ?? (wanted.secret ? '0600' : '0644');
  return setAttributes(sh`"$temp"`, state, { owner: wanted.owner, group: wanted.group, mode }, host.root);
}

/** Returns how the file itself may be written into, where the resource has a parameter for that. */
export function inPlaceOf(
  state: PathState,
  wanted: Attributes & { readonly unsafe_writes?: boolean | undefined },
  host: HostContext,
): { readonly inPlace?: InPlace } {
  if (wanted.unsafe_writes === undefined) return {};
  const right = state.type !== 'absent' && attributeDifferences(state, wanted, host.root).length === 0;
  const attributes = right ? sh`:` : attributesToGive(state, wanted, host);
  return { inPlace: { allowed: wanted.unsafe_writes, attributes } };
}

/** Gives the new file the attributes of the old one where none are wanted. Only root can give it another's. */
function attributesOfOld(state: PathState, wanted: Attributes, host: HostContext): Sh {
  const { uid, gid, owner, group } = state;
  const old =
    wanted.owner === undefined
      ? wanted.group === undefined
        ? `${uid}:${gid}`
        : uid
      : wanted.group === undefined
        ? `:${gid}`
        : '';
  const form = wanted.owner === undefined ? (wanted.group === undefined ? '%u:%g' : '%u') : ':%g';
  const failed = `it belongs to ${owner}:${group}, and only root can replace it and leave it theirs: nothing was changed; set become: true`;
  return joinSh([
    ...(old === ''
      ? []
      : [
          sh`chown ${old} "$temp" 2>/dev/null || [ "$(stat -c ${form} "$temp")" = ${old} ] || { printf '%s\n' "$path: "${failed} >&2; exit 1; }`,
        ]),
    setAttributes(sh`"$temp"`, state, { ...wanted, mode: wanted.mode ?? state.mode }, host.root),
  ]);
}
