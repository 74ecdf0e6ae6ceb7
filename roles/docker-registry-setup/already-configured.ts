import { z } from 'zod';
import { defineResource, type Resource, sh } from '../../src/index.js';

const params = z.strictObject({ registry: z.string(), repositories: z.int() });

/** A registry with images that is kept, with the option that would update it. */
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
      summary: `${registry} has ${repositories} repositories already: its configuration is kept`,
      hint: 'set docker_registry_setup_force: true (or --force) to configure it again',
    }),
  }),
});
