import { z } from 'zod';

/** An absolute path of the host. */
export const hostPath = z.string().regex(/^\//, { error: 'must be an absolute path' });
