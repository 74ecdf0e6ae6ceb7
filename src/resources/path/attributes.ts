import { joinSh, type Sh, sh } from '../../sh.js';
import type { PathState } from './path-state.js';

/** Wanted owner, group and mode; those that are undefined stay as they are. */
export interface Attributes {
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
  readonly mode?: string | undefined;
}

/** Lists the differences in owner, group and mode: `mode 0600 -> 0644`. */
export function attributeDifferences(state: PathState, wanted: Attributes, root: string): readonly string[] {
  const differences: string[] = [];
  if (ownershipEnforced(state, root)) {
    if (wanted.owner !== undefined && state.uid !== state.wantedUid) {
      differences.push(`owner ${state.owner} -> ${wanted.owner}`);
    }
    if (wanted.group !== undefined && state.gid !== state.wantedGid) {
      differences.push(`group ${state.group} -> ${wanted.group}`);
    }
  }
  if (wanted.mode !== undefined && state.mode !== wanted.mode) differences.push(`mode ${state.mode} -> ${wanted.mode}`);
  return differences;
}

/** Tells whether owners count: a plain user can't give files away below a staging folder. */
function ownershipEnforced(state: PathState, root: string): boolean {
  return root === '' || state.euid === 0;
}

/** Names the wanted account that the host doesn't know (yet). */
export function missingAccount(state: PathState, wanted: Attributes, root: string): string | undefined {
  if (!ownershipEnforced(state, root)) return undefined;
  if (wanted.owner !== undefined && state.wantedUid === undefined) return `user ${wanted.owner} does not exist`;
  if (wanted.group !== undefined && state.wantedGid === undefined) return `group ${wanted.group} does not exist`;
  return undefined;
}

/** Gives a path, named by a shell word, its owner, group and mode; links are followed. Fails as chown and chmod do. */
export function setAttributes(word: Sh, state: PathState, wanted: Attributes, root: string): Sh {
  const { owner, group, mode } = wanted;
  const pieces: Sh[] = [];
  if (ownershipEnforced(state, root)) {
    if (owner !== undefined && group !== undefined) pieces.push(sh`chown ${`${owner}:${group}`} ${word} || exit`);
    else if (owner !== undefined) pieces.push(sh`chown ${owner} ${word} || exit`);
    else if (group !== undefined) pieces.push(sh`chgrp ${group} ${word} || exit`);
  }
  // After chown, which takes setuid and setgid bits away; with five digits, for with four GNU leaves those of a directory.
  if (mode !== undefined) pieces.push(sh`chmod ${mode.padStart(5, '0')} ${word} || exit`);
  return joinSh(pieces);
}
