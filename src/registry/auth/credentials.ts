import { currentSecrets } from '../../diagnostics/secrets/session-secrets.js';
import type { RegistryCredentials } from '../client/registry.js';
import { RegistryError } from '../registry-error.js';
import { type AuthFile, authFilePlaces, authKey, parseAuthFile, readAuthFile } from './auth-files.js';
import { getFromHelper } from './credential-helper.js';

export interface CredentialsOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Accounts that were given, by `host` or `host/namespace`: they come before all others. */
  readonly explicit?: ReadonlyMap<string, RegistryCredentials>;
  /** Files to look in instead of docker's and podman's. They have to be there. */
  readonly authFiles?: readonly string[];
  /** Receives a line for each file that others can read. */
  readonly notice?: (line: string) => void;
}

/** An account, and where it was found. */
export interface FoundCredentials {
  readonly credentials: RegistryCredentials;
  readonly from: string;
}

/**
 * Gives the account for a registry and repository, or none: of those given, then of `DOCKER_AUTH_CONFIG` (the JSON
 * itself), `REGISTRY_AUTH_FILE`, podman's files, docker's. The longest `host/namespace` counts; in a file, a helper
 * program comes before what is written for the host. Its password or token is kept out of output. Files are read once, helpers asked once a registry.
 * A helper of all registries that fails is told of, and passed over for those that the file doesn't name.
 * @throws RegistryError `input` for a file in `authFiles` that can't be read; from the function it gives: for another file
 * that can't be understood, a helper that fails for a registry that the file names
 */
export function credentialsFrom(
  options: CredentialsOptions,
): (registry: string, repository: string | undefined) => Promise<RegistryCredentials | undefined> {
  const find = findCredentials(options);
  return async (registry, repository) => (await find(registry, repository))?.credentials;
}

/** Finds accounts as {@link credentialsFrom} does, and returns the place of each as well. */
export function findCredentials(
  options: CredentialsOptions,
): (registry: string, repository: string | undefined) => Promise<FoundCredentials | undefined> {
  const { env, explicit = new Map() } = options;
  const given = new Map([...explicit].map(([key, credentials]) => [authKey(key), credentials]));
  const asked = new Map<string, Promise<RegistryCredentials | undefined>>();
  const broken = new Set<string>();
  // Files that were named are input: an error of theirs comes before anything is requested.
  let files: AuthFile[] | undefined = (options.authFiles?.length ?? 0) > 0 ? readFiles(options) : undefined;

  const fromHelper = (file: AuthFile, host: string): Promise<RegistryCredentials | undefined> => {
    const name = file.helpers.get(host) ?? file.store;
    // docker's empty helper: the account of this registry stands in the file, whatever keeps all others.
    if (name === undefined || name === '') return Promise.resolve(undefined);
    const key = `${name} ${host}`;
    const asking = { name, configuredIn: file.name, env };
    const answer =
      asked.get(key) ??
      (file.helpers.has(host) || file.stored.has(host)
        ? getFromHelper(asking, host)
        : getFromStore(asking, host, options.notice, broken));
    asked.set(key, answer);
    return answer;
  };

  const look = async (registry: string, repository: string | undefined) => {
    const host = authKey(registry);
    const keys = keysOf(host, repository);
    const explicit = longest(given, keys);
    if (explicit !== undefined) return { credentials: explicit, from: 'what was given' };
    files ??= readFiles(options);
    for (const file of files) {
      const ofNamespace = accountIn(file, keys.slice(0, -1));
      const credentials = ofNamespace ?? (await fromHelper(file, host)) ?? accountIn(file, [host]);
      if (credentials !== undefined) return { credentials, from: file.name };
    }
    return undefined;
  };
  return async (registry, repository) => {
    const found = await look(registry, repository);
    if (found !== undefined) currentSecrets().add(secretOf(found.credentials));
    return found;
  };
}

/**
 * Asks the helper of all registries for one that it need not know. Where it can't be run, or fails, that is told once,
 * and the registry is asked without an account from it.
 */
async function getFromStore(
  helper: Parameters<typeof getFromHelper>[0],
  host: string,
  notice: ((line: string) => void) | undefined,
  broken: Set<string>,
): Promise<RegistryCredentials | undefined> {
  try {
    return await getFromHelper(helper, host);
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    if (!broken.has(helper.name)) notice?.(`${error.message}; registries are asked without an account from it`);
    broken.add(helper.name);
    return undefined;
  }
}

function secretOf(credentials: RegistryCredentials): string {
  if ('password' in credentials) return credentials.password;
  return 'identityToken' in credentials ? credentials.identityToken : credentials.registryToken;
}

function readFiles({ env, authFiles, notice }: CredentialsOptions): AuthFile[] {
  const variable = env.DOCKER_AUTH_CONFIG;
  const places = authFiles?.map((path) => ({ path, required: true })) ?? authFilePlaces(env);
  const files = places.flatMap(({ path, required }) => readAuthFile(path, required) ?? []);
  for (const { name, open, accounts } of files) {
    if (open && accounts.size > 0) notice?.(`${name} holds passwords and can be read by others: chmod 600 ${name}`);
  }
  return authFiles !== undefined || variable === undefined || variable === ''
    ? files
    : [parseAuthFile(variable, 'DOCKER_AUTH_CONFIG'), ...files];
}

/** `host/a/b`, `host/a`, `host` */
function keysOf(host: string, repository: string | undefined): string[] {
  const parts = [host, ...(repository?.split('/') ?? [])];
  return parts.map((_part, at) => parts.slice(0, parts.length - at).join('/'));
}

/** Returns the account for the first of some keys that has an entry. @throws RegistryError when that is wrong */
function accountIn(file: AuthFile, keys: readonly string[]): RegistryCredentials | undefined {
  const key = keys.find((each) => file.accounts.has(each) || file.wrong.has(each));
  if (key === undefined) return undefined;
  const credentials = file.accounts.get(key);
  const error = file.wrong.get(key);
  if (credentials === undefined && error !== undefined) throw error;
  return credentials;
}

function longest(
  accounts: ReadonlyMap<string, RegistryCredentials>,
  keys: readonly string[],
): RegistryCredentials | undefined {
  const key = keys.find((each) => accounts.has(each));
  return key === undefined ? undefined : accounts.get(key);
}
