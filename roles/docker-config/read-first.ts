import { z } from 'zod';
import { defineResource, type Resource, sh } from '../../src/index.js';

const params = z.strictObject({
  /** Client that reads them. */
  client: z.string(),
  /** Paths that hide what this tool writes. */
  paths: z.array(z.strictObject({ path: z.string(), hides: z.string() })),
});

interface Found {
  readonly path: string;
  readonly hides: string;
}

/** Paths that a client reads before those that a role writes: what is there is reported, and stays. */
export const read_first = defineResource({
  kind: 'read_first',
  summary: 'Paths that a client reads before ours',
  params,
  create: ({ client, paths }): Resource<readonly Found[]> => ({
    kind: 'read_first',
    id: client,
    provides: [],
    needs: paths.map(({ path }) => `path:${path}` as const),
    staging: 'skip',
    probe: () => sh`for each in ${paths.map(({ path }) => path)}; do [ ! -e "$each" ] || printf '%s\n' "$each"; done`,
    parse: ({ stdout }) => {
      const there = stdout.split('\n');
      return paths.filter(({ path }) => there.includes(path));
    },
    plan: ([first]) =>
      first === undefined
        ? { verdict: 'ok' }
        : {
            verdict: 'kept',
            summary: `${client} reads ${first.path} first, and not ${first.hides}`,
            hint: `remove ${first.path}, or put there what ${client} needs`,
          },
  }),
});
