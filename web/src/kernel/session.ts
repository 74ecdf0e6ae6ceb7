import type { ServiceUser } from '../../../src/service-client/service-types.js';

/** Account of whoever looks at the page. */
export type Session = ServiceUser;
