import { z } from 'zod';
import { directory, registry_auths, secret, type TaskItem, type TaskOptions } from '../../src/index.js';

const host = '(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9][A-Za-z0-9._-]*)(:[0-9]{1,5})?';
const username = z.string().regex(/^[^:\s]+$/, { error: 'must not hold blanks or colons' });
const password = secret(z.string().min(1));

/** An account of a registry, as docker has it: one of a namespace would never be looked up. */
export const credential = z.strictObject({
  registry: z.string().regex(new RegExp(`^(https?://)?${host}(/v[12]/?)?$`), {
    error: 'must be host or host:port: docker looks accounts up by that, without a namespace',
  }),
  username,
  password,
});

/** An account of a registry, as containerd has it in a hosts.toml. */
export const hostCredential = z.strictObject({
  registry: z.string().regex(new RegExp(`^${host}$`), {
    error: 'must be host or host:port: containerd has accounts of registries, not of namespaces',
  }),
  username,
  password,
});

/** An account of a registry or a namespace in it, as podman 4 and newer have it. */
export const namespaceCredential = z.strictObject({
  registry: z.string().regex(new RegExp(`^(https?://)?${host}(/[^\\s"/]+)*/?$`), {
    error: 'must be host, host:port or host:port/namespace',
  }),
  username,
  password,
});

export type Credential = z.output<typeof credential>;

/** Options of a file of credentials. */
export interface CredentialsPlace extends Pick<TaskOptions, 'become' | 'notify'> {
  /** Folder of the file, made for its owner alone where it is missing. */
  readonly folder: string;
  /** `config.json` is docker's, `auth.json` podman's. */
  readonly name: 'config.json' | 'auth.json';
  /** Files that the client reads first. */
  readonly read_before?: string[];
  readonly force: boolean;
  readonly force_variable: string;
}

/** Returns the value of basic authentication: base64, which is no encryption. */
export function basicAuth({ username, password }: Credential): string {
  return Buffer.from(`${username}:${password}`).toString('base64');
}

/**
 * Returns the tasks that write credentials to a file of docker's or podman's format. Other registries and keys in it
 * stay.
 */
export function credentialTasks(
  accounts: readonly Credential[],
  { folder, name, ...how }: CredentialsPlace,
): TaskItem[] {
  if (accounts.length === 0) return [];
  return [
    directory({ path: folder, ...(how.become === undefined ? {} : { become: how.become }) }),
    registry_auths({
      path: `${folder}/${name}`,
      reader: name === 'config.json' ? 'docker' : 'podman',
      accounts: [...accounts],
      ...how,
    }),
  ];
}
