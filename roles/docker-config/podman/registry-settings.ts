import type { z } from 'zod';
import { registries_conf } from '../../../src/index.js';

const { registries, search, short_name_mode } = registries_conf.params.shape;

/** Settings of podman's registries, named as in the resource. */
export const registrySettings = { registries, search, short_name_mode };

export interface RegistrySettings {
  readonly registries: z.output<typeof registries>;
  readonly search?: z.output<typeof search>;
  readonly short_name_mode?: z.output<typeof short_name_mode>;
}
