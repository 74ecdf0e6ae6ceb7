import type { Writable } from 'node:stream';
import type { ServiceOptions } from '../config/service-options.js';

/** Starts what clients pull publications from; undefined: that is not asked for. */
export async function startPublications(
  { publications, vendors, tls, logs }: ServiceOptions,
  errorLog: Writable,
  complain: (message: string) => void,
): Promise<{ readonly url: string | undefined; stop(): Promise<void> } | undefined> {
  if (publications === undefined) return undefined;
  const { clientCa, ...options } = publications;
  const { CraneBeside } = await import('./crane-beside.js');
  const crane = new CraneBeside(
    { ...options, vendors, tls: tls && { ...tls, clientCa }, log: logs ? errorLog : undefined, errorLog },
    complain,
  );
  return { url: await crane.begin(), stop: () => crane.stop() };
}
