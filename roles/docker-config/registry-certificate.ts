import { z } from 'zod';
import { controllerFile } from '../../src/index.js';

/**
 * Certificates for one registry: the authority that an engine trusts, and its client certificate. The same keys for
 * docker, podman and containerd.
 */
export const registryCertificate = z
  .strictObject({
    registry: z
      .string()
      .regex(/^[A-Za-z0-9[][A-Za-z0-9.:_[\]-]*$/, { error: 'must be host or host:port' })
      .describe('Registry whose certificate it signed: `registry1:5000`'),
    src: controllerFile(z.string()).optional().describe('File of the controller'),
    content: z.string().optional().describe('The certificate itself, PEM'),
    from: z.literal('own-ca').optional().describe("This tool's own certificate authority, of `registry_tls: own-ca`"),
    client: z
      .strictObject({
        certificate: controllerFile(z.string()).describe('File of the controller'),
        key: controllerFile(z.string()).describe('File of the controller'),
      })
      .optional()
      .describe('Certificate and key that the engine shows the registry'),
  })
  .refine(({ src, content, from }) => [src, content, from].filter((each) => each !== undefined).length === 1, {
    error: 'needs src, content or from. Give one of them',
  });

export type RegistryCertificate = z.output<typeof registryCertificate>;
