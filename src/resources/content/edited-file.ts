import type { HostContext, Resource } from '../../model/resource.js';
import { type PathState, parsePath } from '../path/path-state.js';
import { probePath } from '../path/probe-path.js';
import { accountNeeds, pathNeeds } from '../path/refs.js';
import type { EditedText } from './edit-line.js';
import type { EditedFile } from './plan-edit.js';
import { planEdit } from './plan-edit.js';

/** A file of which a part is ours, as its parameters say it; paths are the host's own. */
export interface EditedFileParams extends Omit<EditedFile, 'absent' | 'edit'> {
  readonly needs: Resource['needs'];
}

export interface Edit {
  /** The part is to be gone: there is nothing to do where there is no file. */
  readonly absent: boolean;
  /** Makes the edit; a text says why it can't be made. */
  edit(text: string, host: HostContext): EditedText | string;
  /** A line that ends the matter when the file has it, so that the package manager isn't asked whose file it is. */
  readonly unlessLine?: string | undefined;
}

/** The resource that edits a part of a file: its text is read, edited, and written back as a whole. */
export function editedFile(
  kind: string,
  params: EditedFileParams,
  { absent, edit, unlessLine }: Edit,
): Resource<PathState> {
  const { path, owner, group } = params;
  return {
    kind,
    id: path,
    provides: [`path:${path}`],
    needs: [...params.needs, ...pathNeeds(path), ...accountNeeds(owner, group)],
    staging: 'path',
    probe: (host) => probePath(host.at(path), { root: host.root, owner, group, content: true, unlessLine }),
    parse: (reply, host) => parsePath(reply, host.at(path)),
    plan: (state, host) =>
      planEdit(state, { ...params, path: host.at(path), absent, edit: (text) => edit(text, host) }, host),
  };
}
