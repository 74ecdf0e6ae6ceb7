import { existsSync } from 'node:fs';
import type { ServiceOptions } from './config/service-options.js';
import { isPostgres } from './store/database.js';
import { openKeyFile, type SealingKey } from './store/key-file.js';
import { connectDatabase } from './store/open-database.js';
import { readTokenAuthority } from './tokens/signing-keys.js';

/** Settings by which a registry trusts the service, and tells it what is pushed. */
export interface TrustSettings {
  /** `auth.token.realm` */
  readonly realm: string;
  /** `auth.token.service` */
  readonly service: string;
  /** `auth.token.issuer` */
  readonly issuer: string;
  /** Content of the file `auth.token.rootcertbundle`, PEM. */
  readonly rootcertbundle: string;
  /** `notifications.endpoints[]`; its headers hold a secret. */
  readonly notifications: {
    readonly url: string;
    readonly headers: { readonly Authorization: readonly string[] };
  };
}

/** Returns the secret by which the notifications of a registry are known. */
export function notificationSecretOf(sealing: SealingKey, registry: string): string {
  return sealing.derive(`notifications of ${registry}`);
}

/**
 * Reads, without a running service, what a registry is to be configured with.
 * @throws Error where the service has no such registry, or has not been started yet
 */
export async function readRegistrySettings(options: ServiceOptions, name: string): Promise<TrustSettings> {
  const known = [...options.registries, ...(options.registry === undefined ? [] : [options.registry])];
  if (!known.some((each) => each.name === name)) {
    const names = known.map((each) => each.name).join(', ');
    throw new Error(
      `the service has no registry ${name}${names === '' ? '' : `, only ${names}`}. Add it to registries`,
    );
  }
  const { database: address, keyFile } = options;
  const early = 'the service has not been started yet. Start it once';
  if (!existsSync(keyFile) || (!isPostgres(address) && !existsSync(address))) throw new Error(early);
  const sealing = await openKeyFile(keyFile);
  const database = await connectDatabase(address, 'existing');
  try {
    const authority = await readTokenAuthority(database, sealing);
    if (authority === undefined) throw new Error(early);
    const { host, port, tls } = options;
    const url =
      options.url ?? `${tls === undefined ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
    return {
      realm: `${url}/token`,
      service: name,
      issuer: options.issuer,
      rootcertbundle: authority.certificate,
      notifications: {
        url: `${url}/api/v1/registries/${name}/notifications`,
        headers: { Authorization: [`Bearer ${notificationSecretOf(sealing, name)}`] },
      },
    };
  } finally {
    await database.close();
  }
}
