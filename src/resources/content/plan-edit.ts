import { entryKey } from '../../model/records.js';
import type { HostContext, Plan } from '../../model/resource.js';
import { sh } from '../../sh.js';
import type { Attributes } from '../path/attributes.js';
import { missingFolder, obstacleToFile } from '../path/obstacle.js';
import type { PathState } from '../path/path-state.js';
import { editedUpTo } from '../path/probe-path.js';
import type { AddedEntry, EditedText } from './edit-line.js';
import { contentOf, textOf } from './file-content.js';
import type { ForceParams } from './kept-content.js';
import { planContent } from './plan-content.js';

/** Wanted state of a file of which only a part is ours. */
export interface EditedFile extends Attributes, ForceParams {
  readonly path: string;
  /** Make the file where there is none. */
  readonly create: boolean;
  readonly backup: boolean;
  /** Never shown: no differences in reports. */
  readonly secret?: boolean | undefined;
  readonly validate?: string | undefined;
  readonly unsafe_writes?: boolean | undefined;
  /** The part is to be removed, so a missing file needs no change. */
  readonly absent: boolean;
  /** Edits the text; returns a message that begins with `:` and a place where the text can't be edited. */
  edit(text: string): EditedText | string;
}

/**
 * Compares the part of a file that is ours with its wanted state. Anything but comments is replaced with force only.
 */
export function planEdit(state: PathState, wanted: EditedFile, host: HostContext): Plan<PathState> {
  const { path } = wanted;
  const obstacle = obstacleToFile(state, path);
  if (obstacle !== undefined) return obstacle;
  if (state.type === 'absent') {
    if (wanted.absent) return { verdict: 'ok', note: 'the file does not exist' };
    if (!wanted.create) return planMissing(state, wanted, host);
  }
  if (state.size > editedUpTo) {
    return { verdict: 'refused', message: `${path} is too large to edit (${state.size} bytes)` };
  }
  const before = textOf(state.content ?? new Uint8Array());
  if (before === undefined) return { verdict: 'refused', message: `${path} is not UTF-8 text, so it is not edited` };
  // A byte order mark is no part of the first line.
  const mark = before.startsWith('\uFEFF') ? '\uFEFF' : '';
  const edited = wanted.edit(before.slice(mark.length));
  if (typeof edited === 'string') return { verdict: 'refused', message: `${path}${edited}` };
  const edit = { summary: edited.summary, harmless: !edited.overwrites };
  const content = contentOf(mark + edited.text);
  const planned = planContent(state, { ...wanted, edit, content, secret: wanted.secret ?? false }, host);
  const isOurs = ({ name }: AddedEntry) => host.records.valuesOf(entryKey(path, name)).length > 0;
  return withEntries(planned, path, [...(edited.adds ?? []), ...(edited.updates ?? []).filter(isOurs)]);
}

/** Plans for a missing file. An earlier task may create it: check mode can't know that; otherwise it is a failure. */
function planMissing(state: PathState, wanted: EditedFile, host: HostContext): Plan<PathState> {
  const uncertain = missingFolder(state, wanted.path, host.root) ?? `${wanted.path} does not exist`;
  const script = sh`echo ${`${uncertain}; create: true makes the file`} >&2; false`;
  return { verdict: 'change', summary: 'edited', apply: { via: 'sh', script }, uncertain };
}

/** Returns the plan with the entries that it adds, for the records of the host. */
export function withEntries<State>(plan: Plan<State>, path: string, added: readonly AddedEntry[]): Plan<State> {
  if (plan.verdict !== 'change' || plan.writes === undefined) return plan;
  const entries = added.map(({ name, removal }) => ({ key: entryKey(path, name), value: '', removal }));
  return { ...plan, writes: [...plan.writes, ...entries] };
}
