import type { Plan } from '../../model/resource.js';
import { refuseForeignLink } from './foreign-link.js';
import type { PathState } from './path-state.js';

/** Refuses a path where a file can't be managed: something else is there, or the user of the task may not look. */
export function obstacleToFile(state: PathState, path: string): Extract<Plan, { verdict: 'refused' }> | undefined {
  const astray = leadsAstray(state, path);
  if (astray !== undefined) return astray;
  if (state.type === 'directory') return { verdict: 'refused', message: `${path} is a directory` };
  if (state.type === 'other') return { verdict: 'refused', message: `${path} is neither a file nor a directory` };
  if (state.parent === 'denied' || state.unreadable) {
    return {
      verdict: 'refused',
      message: `${path} cannot be read by the user that the task runs as`,
      hint: 'set become: true',
    };
  }
  return undefined;
}

/**
 * Refuses a path whose folder is another user's choice. A link at the path itself is allowed: removing or replacing
 * doesn't follow it.
 */
export function foreignFolder(state: PathState, path: string): Extract<Plan, { verdict: 'refused' }> | undefined {
  return state.foreignLink === path ? undefined : leadsAstray({ ...state, outside: false }, path);
}

/** Refuses a path that a link leads out of the staging folder, or to a place of another user's choice. */
export function leadsAstray(state: PathState, path: string): Extract<Plan, { verdict: 'refused' }> | undefined {
  if (state.foreignLink !== undefined) return refuseForeignLink(path, state.foreignLink);
  if (!state.outside) return undefined;
  return {
    verdict: 'refused',
    message: `${path} leads out of the staging folder, to ${state.real}`,
    hint: 'remove the link, or stage into another folder',
  };
}

/** Names the folder that is missing (yet) before a path can be created. */
export function missingFolder(state: PathState, path: string, root: string): string | undefined {
  if (state.parent !== 'missing' || root !== '') return undefined;
  const real = state.real === '' ? path : state.real;
  return `the folder ${real.slice(0, real.lastIndexOf('/'))} does not exist`;
}

/**
 * Refuses to put something else in the place of a file that is a mount point.
 *
 * @param unsafe value of `unsafe_writes`; undefined where there is no such parameter
 */
export function refuseMountPoint(path: string, unsafe?: boolean): Extract<Plan, { verdict: 'refused' }> {
  const other = unsafe === undefined ? '' : ', or set unsafe_writes: true to write into the file itself';
  return {
    verdict: 'refused',
    message: `${path} is a mount point, so no other file can take its place`,
    hint: `change the file that is mounted there, or unmount it${other}`,
  };
}
