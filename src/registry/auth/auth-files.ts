import { join } from 'node:path';
import { z } from 'zod';
import { type ReadText, readTextAndMode } from '../../diagnostics/read-text.js';
import { reasonOf } from '../../diagnostics/reason.js';
import { folderIn, homeFolder } from '../../model/home-folder.js';
import type { RegistryCredentials } from '../client/registry.js';
import { canonicalHost } from '../reference.js';
import { RegistryError } from '../registry-error.js';

const entrySchema = z.looseObject({
  auth: z.string().nullish(),
  username: z.string().nullish(),
  password: z.string().nullish(),
  identitytoken: z.string().nullish(),
  registrytoken: z.string().nullish(),
});

const fileSchema = z.looseObject({
  auths: z.record(z.string(), z.unknown()).nullish(),
  credHelpers: z.record(z.string(), z.unknown()).nullish(),
  credsStore: z.string().nullish(),
});

type AuthEntry = z.output<typeof entrySchema>;

/** Accounts as docker and podman keep them: `config.json`, `auth.json`. Keys are as {@link authKey} writes them. */
export interface AuthFile {
  /** Path, or the name of the variable that held it. */
  readonly name: string;
  /** Accounts by `host` or `host/namespace`; entries without any are left out. */
  readonly accounts: ReadonlyMap<string, RegistryCredentials>;
  /** Registries whose entries have no account: docker writes them so where its store has that. */
  readonly stored: ReadonlySet<string>;
  /** Errors of entries that can't be understood, by `host` or `host/namespace`: each concerns its own registry alone. */
  readonly wrong: ReadonlyMap<string, RegistryError>;
  /** Helper programs by host: `docker-credential-` and this. */
  readonly helpers: ReadonlyMap<string, string>;
  /** The helper for all other hosts. */
  readonly store: string | undefined;
  /** True for a file that others than its owner can read. */
  readonly open: boolean;
}

/**
 * Returns the files of accounts, in the order in which they are read. One that is named by a variable has to be there.
 */
export function authFilePlaces(env: NodeJS.ProcessEnv): { readonly path: string; readonly required: boolean }[] {
  const home = homeFolder(env);
  const runtime = folderIn(env, 'XDG_RUNTIME_DIR');
  const variable = env.REGISTRY_AUTH_FILE;
  return [
    ...(variable === undefined || variable === '' ? [] : [{ path: variable, required: true }]),
    ...(runtime === undefined ? [] : [{ path: join(runtime, 'containers/auth.json'), required: false }]),
    { path: join(folderIn(env, 'XDG_CONFIG_HOME') ?? join(home, '.config'), 'containers/auth.json'), required: false },
    { path: dockerConfigPath(env), required: false },
    { path: join(home, '.dockercfg'), required: false },
  ];
}

/** Returns the path of docker's own file: `$DOCKER_CONFIG/config.json`, `~/.docker/config.json`. */
export function dockerConfigPath(env: NodeJS.ProcessEnv): string {
  return join(env.DOCKER_CONFIG || join(homeFolder(env), '.docker'), 'config.json');
}

/** Reads a file of accounts; nothing when there is none. @throws RegistryError `input` naming file and line, no secret */
export function readAuthFile(path: string, required: boolean): AuthFile | undefined {
  let file: ReadText;
  try {
    file = readTextAndMode(path, { besides: required ? 'any-pipe' : 'none' });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (!required && (code === 'ENOENT' || code === 'ENOTDIR')) return undefined;
    throw new RegistryError('input', `cannot read the accounts in ${path}: ${reasonOf(error)}`, {
      hint: 'log in with `provision registry login`, which writes one',
    });
  }
  return { ...parseAuthFile(file.text, path), open: file.open };
}

/** Reads the text of a file of accounts. */
export function parseAuthFile(text: string, name: string): AuthFile {
  const { auths, credHelpers, credsStore } = checkFile(text.trim() === '' ? {} : parseJsonFile(text, name), name);
  const accounts = new Map<string, RegistryCredentials>();
  const helpers = new Map<string, string>();
  const wrong = new Map<string, RegistryError>();
  const stored = new Set<string>();
  for (const [key, entry] of Object.entries(auths ?? {})) {
    try {
      const credentials = credentialsOf(entryIn(entry, key, name), key, name);
      if (credentials === undefined) stored.add(authKey(key));
      else accounts.set(authKey(key), credentials);
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      wrong.set(authKey(key), error);
    }
  }
  for (const [key, helper] of Object.entries(credHelpers ?? {})) {
    if (typeof helper === 'string') helpers.set(authKey(key), helper);
    else if (helper !== null)
      wrong.set(authKey(key), new RegistryError('input', `${name}: credHelpers.${key}: not the name of a program`));
  }
  return {
    name,
    accounts,
    stored,
    wrong,
    helpers,
    store: credsStore || undefined,
    open: false,
  };
}

/**
 * Returns the registry that an entry is for: `https://index.docker.io/v1/` is `docker.io`. Names with a scheme have no
 * path, as docker writes them; others may have one, as podman does.
 */
export function authKey(name: string): string {
  const [, scheme, rest = ''] = /^(https?:\/\/)?(.*)$/s.exec(name) ?? [];
  const bare = rest.replace(/(?<!\/)\/+$/, '').replace(/\/v[12]$/, '');
  const slash = bare.indexOf('/');
  const host = slash === -1 ? bare : bare.slice(0, slash);
  const path = slash === -1 || scheme !== undefined ? '' : bare.slice(slash);
  return `${canonicalHost(host)}${path}`;
}

/** Parses a JSON file. V8's message is left out, as it quotes the text around. @throws RegistryError `input` */
export function parseJsonFile(text: string, name: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, '')); // Windows' editors begin files so.
  } catch (error) {
    const position = / at position (\d+)/.exec((error as Error).message)?.[1];
    const line = position === undefined ? '' : `:${text.slice(0, Number(position)).split('\n').length}`;
    throw new RegistryError('input', `${name}${line}: not JSON`, { hint: 'correct the file, or delete it' });
  }
}

/** Checks the shape of a file; `.dockercfg` is the map of entries itself. */
function checkFile(json: unknown, name: string): z.output<typeof fileSchema> {
  const object = z.record(z.string(), z.unknown()).safeParse(json);
  const old = name.endsWith('.dockercfg') && object.success && object.data.auths === undefined;
  const parsed = fileSchema.safeParse(old ? { auths: json } : json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new RegistryError('input', `${name}: ${issue?.path.join('.') || 'all of it'}: ${issue?.message ?? ''}`);
}

function entryIn(entry: unknown, key: string, name: string): AuthEntry {
  const parsed = entrySchema.nullish().safeParse(entry);
  if (parsed.success) return parsed.data ?? {};
  const [issue] = parsed.error.issues;
  throw new RegistryError(
    'input',
    `${name}: ${['auths', key, ...(issue?.path ?? [])].join('.')}: ${issue?.message ?? ''}`,
  );
}

function credentialsOf(entry: AuthEntry, key: string, name: string): RegistryCredentials | undefined {
  const { auth, username, password, identitytoken, registrytoken } = entry;
  if (identitytoken) return { identityToken: identitytoken };
  if (registrytoken) {
    // It is sent as it stands, in a header.
    if (/^[\x21-\x7e]+$/.test(registrytoken)) return { registryToken: registrytoken };
    throw new RegistryError('input', `${name}: auths.${key}.registrytoken is not a token`, {
      hint: `log in again with \`provision registry login ${authKey(key)}\``,
    });
  }
  if (auth) {
    const plain = Buffer.from(auth, 'base64').toString('utf8');
    const colon = plain.indexOf(':');
    if (colon < 1) {
      throw new RegistryError('input', `${name}: auths.${key}.auth is not base64 of user:password`, {
        hint: `log in again with \`provision registry login ${authKey(key)}\``,
      });
    }
    // docker pads passwords with NUL.
    return accountOf(plain.slice(0, colon), plain.slice(colon + 1).replace(/(?<!\0)\0+$/, ''));
  }
  return username && password != null ? accountOf(username, password) : undefined;
}

/** Helpers and docker write an identity token as the password of `<token>`. */
export function accountOf(username: string, password: string): RegistryCredentials {
  return username === '<token>' ? { identityToken: password } : { username, password };
}
