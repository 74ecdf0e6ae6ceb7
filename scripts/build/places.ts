import { fileURLToPath } from 'node:url';

/** Folder of the sources. */
export const checkout = fileURLToPath(new URL('../../', import.meta.url));

/** Folder of what is built. */
export const dist = fileURLToPath(new URL('../../dist/', import.meta.url));
