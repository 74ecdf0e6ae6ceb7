import { z } from 'zod';
import { instanceEntry, instanceShape } from './instance.js';

/** All variables of the role, each checked by itself. */
export const registryVars = z.object({
  ...instanceShape,
  registry_container_name: z
    .string()
    .regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/, { error: 'must be letters, digits, "_", "." and "-"' })
    .default('registry')
    .describe('Name of the only registry of the host: of its container, for the docker and podman runtimes'),
  registry_service: z
    .string()
    .optional()
    .describe('Service of the only registry of the host, for the package runtime. Default: by operating system'),
  registry_instances: z
    .array(instanceEntry)
    .min(1)
    .optional()
    .describe(
      'Several registries on one host: for each its `port`, a `name` (default: `registryPORT`), and any of the variables above without `registry_`',
    ),
  registry_managed: z
    .array(instanceEntry)
    .optional()
    .describe(
      'Registries beside those of `registry_instances`, as `registries.yaml` beside the site has them for this host: `provision serve` writes that file. An empty list: there are none now, and the host gets none',
    ),
  docker_registry_setup_force: z.boolean().default(false).describe('Alias of `registry_force` (old role)'),
});

export type RegistryVars = z.output<typeof registryVars>;
