import type { Plan } from '../model/resource.js';
import type { PathState } from './path-state.js';

/** Why a file can't be managed at a path, if so: something else is there, or the user of the task may not look. */
export function obstacleToFile(state: PathState, path: string): Extract<Plan, { verdict: 'refused' }> | undefined {
  if (state.outside) return leadsOut(state, path);
  if (state.type === 'directory') return { verdict: 'refused', message: `${path} is a directory` };
  if (state.type === 'other') return { verdict: 'refused', message: `${path} is neither a file nor a directory` };
  if (state.parent === 'denied' || state.unreadable) {
    return {
      verdict: 'refused',
      message: `${path} may not be read by the user that the task runs as`,
      hint: 'become: true',
    };
  }
  return undefined;
}

export function leadsOut(state: PathState, path: string): Extract<Plan, { verdict: 'refused' }> {
  return {
    verdict: 'refused',
    message: `${path} leads out of the staging folder, to ${state.real}`,
    hint: 'remove the link, or stage into another folder',
  };
}

/** What has to be there before a path can be made, and isn't (yet). */
export function missingFolder(state: PathState, path: string, root: string): string | undefined {
  if (state.parent !== 'missing' || root !== '') return undefined;
  const real = state.real === '' ? path : state.real;
  return `the folder ${real.slice(0, real.lastIndexOf('/'))} does not exist`;
}
