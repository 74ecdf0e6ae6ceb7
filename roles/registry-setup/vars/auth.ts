import { z } from 'zod';
import { controllerFile, secret } from '../../../src/index.js';
import { hostPath } from './host-path.js';

const text = z.string().regex(/^[^"\\\p{Cc}]+$/u, { error: 'must be a text without quotes' });
const url = z
  .url({ protocol: /^https?$/, error: 'must be http://… or https://…' })
  .regex(/^[^"\\\s?#]+$/, { error: 'must have no quotes, blanks, "?" or "#"' });
const given = [
  z.strictObject({ src: controllerFile(z.string().min(1)) }),
  z.strictObject({ content: z.string().min(1) }),
] as const;
const ca = z.union([z.literal('own-ca'), ...given]).optional();

/** Service (`provision serve`) that a registry trusts. */
const service = z
  .strictObject({
    host: z.string().min(1).optional(),
    config: hostPath.default('/etc/provision-service/service.yaml'),
    program: hostPath.default('/opt/provision'),
    url: url.optional(),
    token: secret(z.string().min(1)).optional(),
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, { error: 'must be small letters, digits and "-"' })
      .optional(),
    ca,
    notifications: z.boolean().default(true),
  })
  .superRefine(({ host, url, token }, context) => {
    const complain = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if ((host === undefined) === (url === undefined)) complain('host', 'needs host or url. Give one of them');
    if (token !== undefined && url === undefined) complain('token', 'needs url: a host is asked without an account');
  });
export type TrustedService = z.output<typeof service>;

/** Variables of who says what may be done. */
export const authVars = {
  registry_auth: z
    .union([
      z.strictObject({ service }),
      z.strictObject({
        token: z.strictObject({
          realm: url,
          service: text,
          issuer: text,
          rootcertbundle: z.union([hostPath, ...given]),
          signingalgorithms: z
            .array(z.string().regex(/^[A-Z][A-Za-z]{1,4}\d{0,3}$/))
            .min(1)
            .optional(),
        }),
        ca,
      }),
    ])
    .optional()
    .describe(
      "Token server that says who may do what, in place of accounts here. `{service: {host}}`: the service that registry-service set up on that host of the inventory, or `{service: {url, token}}`: one at a URL, asked with an access token of an administrator. Further keys: `name` of the registry there (default: of the host, with several registries `HOST-NAME`), `ca` (authority of the service's certificate: `own-ca`, `{src}`, `{content}`), `notifications: false`. Or `{token: {realm, service, issuer, rootcertbundle}}`: any other; `rootcertbundle` is a path of the host, `{src}` of the controller, or `{content}`",
    ),
};
