import type { HostContext, Resource } from '../../model/resource.js';
import { type PathState, parsePath } from '../path/path-state.js';
import { probePath } from '../path/probe-path.js';
import { accountNeeds, pathNeeds } from '../path/refs.js';
import type { EditedText } from './edit-line.js';
import type { EditedFile } from './plan-edit.js';
import { planEdit } from './plan-edit.js';

/** Parameters of a file of which a part is ours; paths are the host's own. */
export interface EditedFileParams extends Omit<EditedFile, 'absent' | 'edit'> {
  readonly needs: Resource['needs'];
}

export interface Edit {
  /** The part is to be removed, so a missing file needs no change. */
  readonly absent: boolean;
  /** Edits the text; returns a message that begins with `:` and a place where the text can't be edited. */
  edit(text: string, host: HostContext): EditedText | string;
  /** Names of the entries that are ours. */
  readonly entries?: readonly string[] | undefined;
  /** Line that settles the edit when the file has it, so that the package manager isn't queried about the file. */
  readonly unlessLine?: string | undefined;
}

/** Returns a resource that edits a part of a file: its text is read, edited, and written back as a whole. */
export function editedFile(
  kind: string,
  params: EditedFileParams,
  { absent, edit, entries, unlessLine }: Edit,
): Resource<PathState> {
  const { path, owner, group } = params;
  return {
    kind,
    id: path,
    provides: [`path:${path}`],
    needs: [...params.needs, ...pathNeeds(path), ...accountNeeds(owner, group)],
    ...(entries !== undefined && { entries: { path, names: entries, force: params.force } }),
    staging: 'path',
    probe: (host) => probePath(host.at(path), { root: host.root, owner, group, content: true, unlessLine }),
    parse: (reply, host) => parsePath(reply, host.at(path)),
    plan: (state, host) =>
      planEdit(state, { ...params, path: host.at(path), absent, edit: (text) => edit(text, host) }, host),
  };
}
