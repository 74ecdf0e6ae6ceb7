import type { Writable } from 'node:stream';
import type { CraneConfig } from '../../publish/crane/config/crane-config.js';
import { RegistryError } from '../../registry/registry-error.js';
import type { CraneBesideOptions } from './crane-beside.js';

/** Options of what clients pull publications from. */
export interface PulledPublicationOptions extends Pick<CraneBesideOptions, 'vendors' | 'tls'> {
  /** Undefined: nothing listens for them. */
  readonly publications:
    | (Pick<CraneBesideOptions, 'host' | 'port'> & {
        /** File of Crane's configuration; undefined: there is none. */
        readonly configFile: string | undefined;
        /** File of authorities of certificates that open protected repositories, PEM. */
        readonly clientCa: string | undefined;
      })
    | undefined;
  /** true: requests are logged. */
  readonly logs: boolean;
}

/**
 * Reads the configuration of what clients pull publications from, before anything is opened; undefined: there is none.
 * @throws InputError; RegistryError `input` where nothing says what is served
 */
export async function readPublicationConfig({
  publications,
  vendors,
}: PulledPublicationOptions): Promise<CraneConfig | undefined> {
  if (publications?.configFile === undefined) return undefined;
  const { readCraneConfig } = await import('../../publish/crane/config/crane-config.js');
  const config = readCraneConfig(publications.configFile);
  if (vendors !== undefined || config.dataDir !== undefined) return config;
  throw new RegistryError(
    'input',
    `--publish-config ${publications.configFile}: nothing says where the redirect files are`,
    { hint: 'give --vendors, or data_dir in it' },
  );
}

/**
 * Starts what clients pull publications from; undefined: that is not asked for.
 * @param config as {@link readPublicationConfig} read it
 */
export async function startPublications(
  { publications, vendors, tls, logs }: PulledPublicationOptions,
  config: CraneConfig | undefined,
  errorLog: Writable,
  complain: (message: string) => void,
): Promise<{ readonly url: string | undefined; stop(): Promise<void> } | undefined> {
  if (publications === undefined) return undefined;
  const { host, port, clientCa } = publications;
  const { CraneBeside } = await import('./crane-beside.js');
  const crane = new CraneBeside(
    { host, port, config, vendors, tls: tls && { ...tls, clientCa }, log: logs ? errorLog : undefined, errorLog },
    complain,
  );
  return { url: await crane.begin(), stop: () => crane.stop() };
}
