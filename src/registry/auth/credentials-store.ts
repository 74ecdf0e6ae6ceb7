import { lstatSync, realpathSync } from 'node:fs';
import { z } from 'zod';
import { readTextFile } from '../../diagnostics/read-text.js';
import { reasonOf } from '../../diagnostics/reason.js';
import { replaceFile } from '../../files/replace-file.js';
import type { RegistryCredentials } from '../client/registry.js';
import { RegistryError } from '../registry-error.js';
import { authKey, dockerConfigPath, parseAuthFile, parseJsonFile } from './auth-files.js';
import { type CredentialHelper, eraseFromHelper, serverUrl, storeInHelper } from './credential-helper.js';

/** Place where an account is kept: `key` is a host or `host/namespace`. */
export interface StorePlace {
  readonly key: string;
  readonly env: NodeJS.ProcessEnv;
  /** Default: `REGISTRY_AUTH_FILE`, else docker's config.json. */
  readonly authFile?: string | undefined;
}

/** Whole content of a file: all that it holds beside accounts stays as it is. */
const whole = z.record(z.string(), z.unknown());

/**
 * Stores an account: with the helper program that the file names, where it names one, else in the file itself, as docker
 * writes it. @returns its place, for people
 * @throws RegistryError `input` when the file can't be understood or written
 */
export async function storeCredentials(place: StorePlace, credentials: RegistryCredentials): Promise<string> {
  const file = openFile(place);
  const entries = withoutKey(file.entries, file.key);
  if (file.helper !== undefined) {
    await storeInHelper(file.helper, file.key, credentials);
    await file.write({ ...entries, [serverUrl(file.key)]: {} });
    return `docker-credential-${file.helper.name}`;
  }
  await file.write({ ...entries, [serverUrl(file.key)]: entryOf(credentials) });
  return file.path;
}

/** Deletes an account. @returns its place, or undefined when there was none */
export async function eraseCredentials(place: StorePlace): Promise<string | undefined> {
  const file = openFile(place);
  const erased = file.helper === undefined ? false : await eraseFromHelper(file.helper, file.key);
  const left = withoutKey(file.entries, file.key);
  if (Object.keys(left).length < Object.keys(file.entries).length) {
    await file.write(left);
    return erased ? `docker-credential-${file.helper?.name}` : file.path;
  }
  return erased ? `docker-credential-${file.helper?.name}` : undefined;
}

function openFile({ key: name, env, authFile }: StorePlace) {
  const named = authFile ?? (env.REGISTRY_AUTH_FILE || dockerConfigPath(env));
  const path = resolveLink(named);
  const text = readIfThere(path);
  const json = text.trim() === '' ? {} : parseJsonFile(text, path);
  const parsed = whole.safeParse(json);
  if (!parsed.success) throw new RegistryError('input', `${path}: not a file of accounts`);
  const { helpers, store } = parseAuthFile(text, path);
  const entries = whole.safeParse(parsed.data.auths ?? {});
  const key = authKey(name);
  const helperName = key.includes('/') ? undefined : (helpers.get(key) ?? store); // Helpers know hosts alone.
  const helper: CredentialHelper | undefined =
    helperName === undefined ? undefined : { name: helperName, configuredIn: path, env };
  return {
    path,
    key,
    helper,
    entries: entries.success ? entries.data : {},
    write(auths: Readonly<Record<string, unknown>>) {
      return writeSecret(path, `${JSON.stringify({ ...parsed.data, auths }, null, '\t')}\n`);
    },
  };
}

function withoutKey(entries: Readonly<Record<string, unknown>>, key: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(entries).filter(([name]) => authKey(name) !== key));
}

function entryOf(credentials: RegistryCredentials): Record<string, string> {
  if ('identityToken' in credentials) return { identitytoken: credentials.identityToken };
  if ('registryToken' in credentials) return { registrytoken: credentials.registryToken };
  return { auth: Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64') };
}

function readIfThere(path: string): string {
  try {
    return readTextFile(path, { besides: 'none' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw new RegistryError('input', `cannot read ${path}: ${reasonOf(error)}`);
  }
}

/**
 * Returns the path to replace: of a link, the path that it points at.
 * @throws RegistryError `input` for a link of another user
 */
function resolveLink(path: string): string {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats?.isSymbolicLink() !== true) return path;
  if (process.getuid !== undefined && stats.uid !== 0 && stats.uid !== process.getuid())
    throw new RegistryError('input', `${path} is a link of another user: accounts are not written through it`, {
      hint: 'delete the link, or name another file',
    });
  try {
    return realpathSync(path);
  } catch {
    return path; // What it leads to isn't there: the link itself is replaced.
  }
}

/** Writes a file that nobody else may read, all of it or none. */
async function writeSecret(path: string, text: string): Promise<void> {
  try {
    await replaceFile(path, text, { mode: 0o600, folderMode: 0o700, link: 'replace' });
  } catch (error) {
    throw new RegistryError('input', `cannot write ${path}: ${reasonOf(error)}`);
  }
}
