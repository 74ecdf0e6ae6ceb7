import type { RegistryLimits } from '../registry-limits.js';
import type { RegistryOptions } from './open.js';

/** Returns the options of a client that keeps to limits. @param own what counts where no limit is given */
export function limitOptions(
  { rate, connections, bandwidth, reserve }: RegistryLimits,
  own: RegistryOptions['limiter'] = {},
): Pick<RegistryOptions, 'limiter' | 'bandwidth' | 'reserve'> {
  return {
    limiter: {
      ...own,
      ...(connections === undefined ? {} : { most: connections }),
      ...(rate === undefined ? {} : { perSecond: rate }),
    },
    bandwidth,
    reserve,
  };
}
