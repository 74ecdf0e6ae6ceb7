import { resolve } from 'node:path';
import { complainOf } from '../terminal/complain.js';
import { printJson, printLines } from '../terminal/output.js';
import { optionsOf } from './options-of.js';
import type { ServeServiceRequest } from './request.js';
import { startError } from './start-error.js';

/** Copies what the service keeps into a folder. */
export async function backUpService(request: ServeServiceRequest, folder: string): Promise<number> {
  try {
    const options = await optionsOf(request);
    const { backUp } = await import('../../service/store/back-up.js');
    const { path, removed } = await backUp(options, resolve(folder), request.backupKeep);
    if (request.json) printJson({ path, removed });
    else printLines([`copied to ${path}`, ...(removed.length === 0 ? [] : [`removed: ${removed.join(', ')}`])]);
    return 0;
  } catch (error) {
    return complainOf(startError(error), request);
  }
}
