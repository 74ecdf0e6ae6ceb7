import { z } from 'zod';
import { defineResource, type Resource, sh } from '../../src/index.js';

const params = z.strictObject({ registry: z.string(), repositories: z.int() });

/** Says that a registry is left as it is, and what would update it. */
export const already_configured = defineResource({
  kind: 'already_configured',
  summary: 'A registry that has images in it already',
  params,
  create: ({ registry, repositories }): Resource<undefined> => ({
    kind: 'already_configured',
    id: registry,
    provides: [],
    needs: [],
    staging: 'skip',
    probe: () => sh`:`,
    parse: () => undefined,
    plan: () => ({
      verdict: 'kept',
      summary: `${registry} has ${repositories} repositories already: its set-up is left as it is`,
      hint: 'docker_registry_setup_force: true (or --force) configures it anew',
    }),
  }),
});
