import { z } from 'zod';
import { defineResource, type Reply, type Resource, sh } from '../../../src/index.js';

const params = z.strictObject({
  binary: z.string(),
  wanted: z.string().describe('As far as it matters: `2`, `2.8`, `3.1.1`'),
  needs: z.array(z.custom<`package:${string}`>()).default([]),
});

/** Check that the installed registry has the version that its configuration is written for. */
export const distribution_version = defineResource({
  kind: 'distribution_version',
  summary: 'The version of the registry that is installed',
  params,
  create: ({ binary, wanted, needs }): Resource<{ readonly found: string | undefined }> => ({
    kind: 'distribution_version',
    id: wanted,
    provides: [],
    needs,
    staging: 'skip',
    probe: () => sh`${binary} --version 2>/dev/null || :`,
    parse: ({ stdout }: Reply) => ({ found: parseVersion(stdout) }),
    plan: ({ found }) => {
      if (found === undefined) return { verdict: 'ok', note: `${binary} does not say which version it is` };
      if (`${found}.`.startsWith(`${wanted}.`)) return { verdict: 'ok', note: `distribution ${found}` };
      return {
        verdict: 'refused',
        message: `${binary} is distribution ${found}, but the configuration is for ${wanted}`,
        hint: `set registry_distribution_version: "${found.split('.').slice(0, 2).join('.')}"`,
      };
    },
    result: ({ found }) => ({ version: found }),
  }),
});

/** Characters at the end of an answer among which the version stands. */
const longestVersion = 200;

/** `docker-registry github.com/docker/distribution 2.8.2+ds1` → `2.8.2` */
export function parseVersion(text: string): string | undefined {
  return / v?(\d+(?:\.\d+)*)\S*$/.exec(text.trimEnd().slice(-longestVersion))?.[1];
}
