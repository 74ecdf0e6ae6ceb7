import { z } from 'zod';
import { hostPath } from './host-path.js';

/** How clients know that it is the right registry. */
export const tlsVars = {
  registry_tls: z
    .strictObject({ certificate: hostPath, key: hostPath })
    .optional()
    .describe('Certificate (with its chain) and key on the host; without them it speaks plain http'),
};
