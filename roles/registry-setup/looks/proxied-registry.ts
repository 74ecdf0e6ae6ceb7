import { z } from 'zod';
import { defineResource, type Resource, sh } from '../../../src/index.js';

const params = z.strictObject({ url: z.string().describe('Registry that is fetched from') });

/** Registry that a pull-through cache fetches from: distribution 2.x has no way to log in where it wants a password. */
export const proxied_registry = defineResource({
  kind: 'proxied_registry',
  summary: 'Whether a pull-through cache can log in where it fetches from',
  params,
  create: ({ url }): Resource<{ readonly challenge: string }> => ({
    kind: 'proxied_registry',
    id: url,
    provides: [],
    needs: [],
    staging: 'skip',
    // The registry's own process has no proxy in its environment, either.
    probe: () => sh`command -v curl >/dev/null 2>&1 &&
  curl -sk --noproxy '*' --max-time 10 -D - -o /dev/null ${`${url.replace(/\/$/, '')}/v2/`} | tr -d '\r' | sed -n 's/^[Ww][Ww][Ww]-[Aa]uthenticate: \([A-Za-z]*\).*/challenge \1/p'
:`,
    parse: ({ stdout }) => ({ challenge: /^challenge (\S+)$/m.exec(stdout)?.[1] ?? '' }),
    plan: ({ challenge }) =>
      challenge.toLowerCase() === 'basic'
        ? {
            verdict: 'refused',
            message: `${url} asks for a password (Basic), and distribution 2.x logs in by tokens only: every pull through registry_proxy would end with 404`,
            hint: 'give a registry without accounts or with a token service as registry_proxy.remoteurl',
          }
        : { verdict: 'ok' },
  }),
});
