import { existsSync, statSync } from 'node:fs';
import { networksOf } from '../../publish/crane/entitlements/client-certificate.js';
import type { CraneOptions } from '../../publish/crane/serve-crane.js';
import { RegistryError } from '../../registry/registry-error.js';
import type { ServeCraneRequest } from './serve-request.js';

const usualConfig = '/etc/crane.conf';

/** Returns the options of Crane: as given, then those of its configuration. @throws InputError, RegistryError `input` */
export async function craneOptions(request: ServeCraneRequest): Promise<CraneOptions> {
  const file = request.config ?? (process.env.CRANE_CONFIG_PATH || (existsSync(usualConfig) ? usualConfig : undefined));
  const config =
    file === undefined ? undefined : (await import('../../publish/crane/config/crane-config.js')).readCraneConfig(file);
  const dataDir =
    request.dataDir ?? (config === undefined ? undefined : (config.dataDir ?? '/var/lib/crane/metadata/'));
  if (dataDir === undefined) {
    throw new RegistryError('input', 'no folder of redirect files is named', {
      hint: 'name it: --data-dir FOLDER, or data_dir in --config FILE',
    });
  }
  if (request.presign !== undefined && (config?.links.v1 ?? config?.links.v2) !== undefined)
    throw new RegistryError(
      'input',
      `addresses are signed in one way: --presign, and a section of ${file}, are given`,
      {
        hint: 'leave out --presign, or the section',
      },
    );
  const folders = request.store === undefined ? (foldersOf(request) ?? config?.folders) : undefined;
  for (const folder of [dataDir, folders?.v1, folders?.v2]) requireFolder(folder);
  const search = request.search ? (await import('../../publish/crane/search/own-index.js')).ownIndex() : config?.search;
  return {
    dataDir,
    interval: request.interval ?? config?.interval,
    endpoint: request.endpoint ?? config?.endpoint,
    ...request.listen,
    links: config?.links,
    folders,
    search,
    tls: tlsOf(request),
    proxied: proxiedOf(request),
    ...(request.log || config?.debug ? { log: process.stderr } : {}),
    errorLog: process.stderr,
  };
}

function foldersOf({ contentV1: v1, contentV2: v2 }: ServeCraneRequest): CraneOptions['folders'] {
  return v1 === undefined && v2 === undefined ? undefined : { v1, v2 };
}

function requireFolder(path: string | undefined): void {
  if (path === undefined || statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
  throw new RegistryError('input', `${path} is no folder`, { hint: 'make it, or name another' });
}

function tlsOf({ tlsCert: cert, tlsKey: key, tlsClientCa: clientCa }: ServeCraneRequest): CraneOptions['tls'] {
  if (cert !== undefined && key !== undefined) return { cert, key, clientCa };
  if (cert === undefined && key === undefined && clientCa === undefined) return undefined;
  throw new RegistryError('input', 'TLS needs a certificate and its key', { hint: 'give --tls-cert and --tls-key' });
}

function proxiedOf({ clientCertHeader: header, trustedProxy }: ServeCraneRequest): CraneOptions['proxied'] {
  if (header === undefined) {
    if (trustedProxy === undefined) return undefined;
    throw new RegistryError('input', '--trusted-proxy is given without --client-cert-header', {
      hint: 'name the header: --client-cert-header X-SSL-Client-Cert',
    });
  }
  if (!/^[\w-]+$/.test(header))
    throw new RegistryError('input', `--client-cert-header: ${header} is no name of a header`);
  const proxies = trustedProxy ?? ['127.0.0.1', '::1'];
  try {
    networksOf(proxies);
  } catch (error) {
    throw new RegistryError('input', `--trusted-proxy: ${(error as Error).message}`, { cause: error });
  }
  return { header, proxies };
}
