import { complainOf } from '../terminal/complain.js';
import { printJson } from '../terminal/output.js';
import { optionsOf } from './options-of.js';
import type { ServeServiceRequest } from './request.js';
import { startError } from './start-error.js';

/** Prints what a registry is to be configured with. It holds a secret: it is for a program, or a file of mode 0600. */
export async function printRegistrySettings(request: ServeServiceRequest, name: string): Promise<number> {
  try {
    const options = await optionsOf(request);
    const { readRegistrySettings } = await import('../../service/registry-settings.js');
    printJson(await readRegistrySettings(options, name));
    return 0;
  } catch (error) {
    return complainOf(startError(error), request);
  }
}
