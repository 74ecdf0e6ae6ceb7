import { z } from 'zod';
import { certificate, controllerFile } from '../../../src/index.js';
import { hostPath } from './host-path.js';

const { names, days, renew_days, key_type } = certificate.params.shape;
const ofController = controllerFile(z.string().min(1));

/** Variables of TLS. */
export const tlsVars = {
  registry_tls: z
    .union([
      z.literal('own-ca'),
      z.strictObject({ certificate: hostPath, key: hostPath }),
      z
        .strictObject({ ca: z.literal('own'), names, days, renew_days, key_type })
        .refine(({ days, renew_days }) => renew_days === undefined || renew_days < days, {
          error: 'must be less than days: else every run would renew it',
          path: ['renew_days'],
        }),
      z.strictObject({ src: z.strictObject({ certificate: ofController, key: ofController }) }),
    ])
    .optional()
    .describe(
      "`own-ca`: a certificate by this tool's own certificate authority, renewed before it ends; `{ca: own, names, days, renew_days, key_type}` has its options. Or files: of the host, `{certificate, key}`, or of the controller, `{src: {certificate, key}}`. Without: plain http",
    ),
};
