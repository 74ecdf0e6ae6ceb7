import { z } from 'zod';
import { defineResource } from '../../../model/define-resource.js';
import { isRecord } from '../../../model/is-record.js';
import type { Plan, Resource } from '../../../model/resource.js';
import { joinSh, sh } from '../../../sh.js';
import type { EditedText } from '../../content/edit-line.js';
import { editedFile } from '../../content/edited-file.js';
import { textOf } from '../../content/file-content.js';
import { editParams } from '../../content/file-params.js';
import { absolutePath } from '../../path/path-params.js';
import type { PathState } from '../../path/path-state.js';
import { documentOf, type KeyedAccount, mergeAuths, usersByKey } from './auths-text.js';

const params = z.strictObject({
  ...editParams,
  mode: editParams.mode.default('0600'),
  create: z.boolean().default(true).describe('Create the file if it does not exist'),
  reader: z.enum(['docker', 'podman']).describe("Client whose file it is: docker's config.json, podman's auth.json"),
  accounts: z
    .array(z.strictObject({ registry: z.string().min(1), username: z.string().min(1), password: z.string().min(1) }))
    .describe('Accounts, each with `registry`, `username`, `password`'),
  absent: z
    .array(z.strictObject({ registry: z.string().min(1), username: z.string().min(1).optional() }))
    .default([])
    .describe('Registries whose accounts are removed; with `username`, only if the account is that one'),
  read_before: z
    .array(absolutePath)
    .default([])
    .describe('Files of the same format that the client reads first: an account there is reported'),
});

interface AuthsState extends PathState {
  /** Files read before with an account of one of the registries. */
  readonly shadows: readonly string[];
}

/**
 * Accounts of registries in the file of docker or podman; the rest of it stays as it was written. A new password of the
 * same account replaces the old one, as the registry's own does. Another account of the registry is kept unless forced.
 *
 * @example registry_auths({ path: '/root/.docker/config.json', reader: 'docker', accounts: [{ registry: 'registry1:5000', username: 'puller', password }] })
 */
export const registry_auths = defineResource({
  kind: 'registry_auths',
  summary: 'Accounts of registries in the file of docker or podman',
  params,
  create: ({ reader, accounts, absent, read_before, ...params }): Resource<AuthsState> => {
    const keyed = accounts.map((account) => ({ ...account, key: keyFor(account.registry, reader) }));
    const file = editedFile(
      'registry_auths',
      { ...params, secret: true },
      {
        absent: accounts.length === 0,
        edit: (text) => {
          const gone = absent.map(({ registry, username }) => ({ key: keyFor(registry, reader), username }));
          const edited = mergeAuths(text, keyed, gone);
          return typeof edited === 'string' ? edited : { ...edited, ...entriesIn(text, keyed, { ...params, reader }) };
        },
        entries: keyed.map(({ key }) => key),
      },
    );
    const keys = keyed.map(({ key }) => `"${key}"`);
    return {
      kind: file.kind,
      id: file.id,
      provides: file.provides,
      needs: file.needs,
      ...(file.entries !== undefined && { entries: file.entries }),
      staging: file.staging,
      probe: (host) =>
        joinSh([
          // podman login of a user writes to the folder of his session, which is read first (containers-auth.json(5)).
          reader === 'podman' && host.root === ''
            ? sh`session=; [ "$(id -u)" = 0 ] || session=/run/user/$(id -u)/containers/auth.json`
            : sh`session=`,
          sh`for each in ${read_before.map((path) => host.at(path))} "$session"; do
  [ -n "$each" ] && [ "$each" != ${params.path} ] || continue
  for key in ${keys}; do
    if grep -qsF -e "$key" "$each"; then printf 'shadow %s\n' "$each"; break; fi
  done
done`,
          file.probe(host),
        ]),
      parse: (reply, host) => {
        const [lines = ''] = /^(?:shadow .*\n)*/.exec(reply.stdout) ?? [];
        const shadows = lines.split('\n').filter((line) => line !== '');
        return {
          ...file.parse({ ...reply, stdout: reply.stdout.slice(lines.length) }, host),
          shadows: shadows.map((line) => line.slice('shadow '.length)),
        };
      },
      plan: (state, host) => {
        const planned = file.plan(state, host);
        return planned.verdict === 'ok' ? (shadowed(state, keyed, reader, params.path) ?? planned) : planned;
      },
    };
  },
});

/** Returns the accounts that a text lacks or has of other users, each with its removal; a record has no password. */
function entriesIn(
  text: string,
  accounts: readonly KeyedAccount[],
  { path, reader, mode, owner, group }: Omit<z.output<typeof params>, 'accounts' | 'absent' | 'read_before'>,
): Pick<EditedText, 'adds' | 'updates'> {
  const present = usersByKey(text);
  const others = accounts.filter(({ key, username }) => present.get(key) !== username);
  const entryOf = ({ key, username }: KeyedAccount) => {
    const absent = [{ registry: key, username }];
    // A copy would still hold the password.
    const params = { path, reader, mode, owner, group, create: false, backup: false, accounts: [], absent };
    return { name: key, removal: { kind: 'registry_auths', params, isOfList: true } };
  };
  return {
    adds: others.filter(({ key }) => !present.has(key)).map(entryOf),
    updates: others.filter(({ key }) => present.has(key)).map(entryOf),
  };
}

/** Returns the key that a client looks a registry up by: Docker Hub has another one for docker. */
export function keyFor(registry: string, reader: 'docker' | 'podman'): string {
  const isHub = /^(?:https?:\/\/)?(?:index\.|registry-1\.)?docker\.io(?:\/v1)?\/?$/i.test(registry);
  if (!isHub) return registry;
  return reader === 'docker' ? 'https://index.docker.io/v1/' : 'docker.io';
}

/** Reports what the client asks before the accounts of the file: helpers of docker, and files that podman reads first. */
function shadowed(
  { content, shadows }: AuthsState,
  accounts: readonly { readonly key: string; readonly registry: string }[],
  reader: 'docker' | 'podman',
  path: string,
): Plan<AuthsState> | undefined {
  const [file] = shadows;
  if (file !== undefined) {
    const summary = `${file} has an account of the registry, too, and ${reader} reads it first`;
    return { verdict: 'kept', summary, hint: `remove it there (${reader} logout), or correct it` };
  }
  const config = reader === 'docker' ? documentOf(textOf(content ?? new Uint8Array()) ?? '') : undefined;
  const helpers = isRecord(config?.credHelpers) ? config.credHelpers : {};
  const found = accounts.find(({ key, registry }) => key in helpers || registry in helpers);
  const store = typeof config?.credsStore === 'string' && config.credsStore !== '' ? config.credsStore : undefined;
  if (found === undefined && store === undefined) return undefined;
  const what = found === undefined ? `credsStore ${store}` : `credHelpers of ${found.registry}`;
  const summary = `docker asks the ${what} of ${path} for the account, and not auths`;
  return { verdict: 'kept', summary, hint: 'remove it from the file, or store the account there (docker login)' };
}
