import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseListen, type ServiceConfig } from './config-schema.js';
import { InputProblem } from './input-problem.js';
import { isLoopback } from './loopback.js';

/** Options of what vendors publish. */
export interface PublicationOptions {
  /** File of vendors and what they publish; undefined: there is none. */
  readonly vendors: string | undefined;
  /** Address at which clients pull what vendors publish; undefined: there is none. */
  readonly publications:
    | {
        readonly host: string;
        readonly port: number;
        /** File of Crane's configuration; undefined: there is none. */
        readonly configFile: string | undefined;
        readonly clientCa: string | undefined;
      }
    | undefined;
}

/** Completes the options of what vendors publish. @throws InputError, InputProblem for what can't be */
export function publicationOptions(config: ServiceConfig): PublicationOptions {
  return { vendors: vendorsOf(config), publications: publicationsOf(config) };
}

function vendorsOf({ vendors }: ServiceConfig): string | undefined {
  if (vendors === undefined) return undefined;
  if (!existsSync(vendors)) throw new InputProblem(`--vendors ${vendors}: there is no such file`);
  return resolve(vendors);
}

function publicationsOf(config: ServiceConfig): PublicationOptions['publications'] {
  const { publish_listen: given, publish_config: file, publish_client_ca: clientCa, vendors } = config;
  if (given === undefined) {
    const alone = (['publish_config', 'publish_client_ca'] as const).find((key) => config[key] !== undefined);
    if (alone !== undefined) throw new InputProblem(`${alone} is for an address of publications: give publish_listen`);
    return undefined;
  }
  const listen = parseListen(given);
  if (listen === undefined)
    throw new InputProblem(`--publish-listen ${given}: must be HOST:PORT, such as 127.0.0.1:5001`);
  if (!isLoopback(listen.host) && config.tls_cert === undefined && config.trusted_proxy !== true) {
    throw new InputProblem(
      `--publish-listen ${given}: signed addresses would cross the network unencrypted. Give --tls-cert and --tls-key, or --trusted-proxy where a proxy before it speaks TLS`,
    );
  }
  if (clientCa !== undefined && config.tls_cert === undefined) {
    throw new InputProblem('--publish-client-ca: certificates of clients need TLS. Give --tls-cert and --tls-key');
  }
  if (vendors === undefined && file === undefined) {
    throw new InputProblem(
      `--publish-listen ${given}: nothing says where the redirect files are. Give --vendors, or data_dir in --publish-config`,
    );
  }
  return {
    ...listen,
    configFile: file === undefined ? undefined : resolve(file),
    clientCa: clientCa === undefined ? undefined : resolve(clientCa),
  };
}
