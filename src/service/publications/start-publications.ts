import type { Writable } from 'node:stream';
import type { CraneBesideOptions } from './crane-beside.js';

/** Options of what clients pull publications from. */
export interface PulledPublicationOptions extends Pick<CraneBesideOptions, 'vendors' | 'tls'> {
  /** Undefined: nothing listens for them. */
  readonly publications:
    | (Pick<CraneBesideOptions, 'host' | 'port' | 'config'> & {
        /** File of authorities of certificates that open protected repositories, PEM. */
        readonly clientCa: string | undefined;
      })
    | undefined;
  /** true: requests are logged. */
  readonly logs: boolean;
}

/** Starts what clients pull publications from; undefined: that is not asked for. */
export async function startPublications(
  { publications, vendors, tls, logs }: PulledPublicationOptions,
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
