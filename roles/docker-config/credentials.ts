import { z } from 'zod';
import { directory, json_file, secret, type TaskItem, type TaskOptions } from '../../src/index.js';

/** An account of a registry, as a client has it: the same words for docker, podman and containerd. */
export const credential = z.strictObject({
  registry: z.string().regex(/^[^\s"]+$/, { error: 'must be host, host:port or host:port/namespace' }),
  username: z.string().regex(/^[^:\s]+$/, { error: 'must not hold blanks or colons' }),
  password: secret(z.string().min(1)),
});

export type Credential = z.output<typeof credential>;

/** Options of a file of credentials. */
export interface CredentialsPlace extends Pick<TaskOptions, 'become' | 'notify'> {
  /** Folder of the file, made for its owner alone where it is missing. */
  readonly folder: string;
  readonly name: string;
  readonly force: boolean;
  readonly force_variable: string;
}

/** Returns the value of basic authentication: base64, which is no encryption. */
export function basicAuth({ username, password }: Credential): string {
  return Buffer.from(`${username}:${password}`).toString('base64');
}

/**
 * Returns the tasks that write credentials to a file of docker's and podman's format. Other registries and keys in it
 * stay.
 */
export function credentialTasks(of: readonly Credential[], { folder, name, ...how }: CredentialsPlace): TaskItem[] {
  if (of.length === 0) return [];
  const auths = Object.fromEntries(of.map((each) => [each.registry, { auth: basicAuth(each) }]));
  return [
    directory({ path: folder, ...(how.become === undefined ? {} : { become: how.become }) }),
    json_file({ path: `${folder}/${name}`, merge: { auths }, mode: '0600', secret: true, ...how }),
  ];
}
