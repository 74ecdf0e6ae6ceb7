import { z } from 'zod';
import { invalid } from '../../access/accounts/accounts.js';
import { readImportedAccounts } from '../../access/accounts/import-htpasswd.js';
import { matchesHash } from '../../access/credentials/password-hash.js';
import { oidcIdentifier } from '../../access/directories/oidc/oidc-claims.js';
import { isAdministrator } from '../../access/principal.js';
import { ownNamespace } from '../../access/rights/own-namespace.js';
import { notFound, Problem } from '../../problem.js';
import { newUser, userChanges, userSchema } from '../../schemas/access.js';
import { listPage, nameInPath, pageQuery, shownTime, shownTimeOrNull, storedText } from '../../schemas/fields.js';
import type { ServiceParts } from '../../service-parts.js';
import type { AccountRow } from '../../store/tables.js';
import { actorOf, requireAccount, senderOf } from '../admit.js';
import type { ServiceApp } from '../bare-app.js';
import { entityTag, matchedVersion } from '../entity-tag.js';
import { page } from '../page.js';

/** Adds the routes of users. Users see and change themselves; administrators all of them. */
export function addUserRoutes(app: ServiceApp, parts: ServiceParts): void {
  const { accounts, audit, delays } = parts;
  const administrator = { needs: 'administrator' } as const;
  const usersQuery = pageQuery.extend({
    q: storedText(100).optional().describe('Text that the name, the full name or the e-mail address holds'),
  });

  app.get(
    '/api/v1/users',
    {
      config: administrator,
      schema: { summary: 'Lists users', querystring: usersQuery, response: { 200: listPage(userSchema) } },
    },
    async (request, reply) => {
      const { limit, after, q } = request.query;
      const rows = await accounts.list('user', limit + 1, after, q);
      return page(request, reply, rows, limit, shownUser, ({ name }) => name);
    },
  );

  app.post(
    '/api/v1/users',
    { config: administrator, schema: { summary: 'Makes a user', body: newUser, response: { 201: userSchema } } },
    async (request, reply) => {
      const { admin, subject, ...given } = request.body;
      const externalId = externalIdOf(parts, request.body);
      const row = await accounts.create({ ...given, isAdmin: admin, externalId });
      await ownNamespace(parts.rights, row);
      await audit.record(actorOf(request), {
        verb: 'user.create',
        object: row.name,
        detail: { admin: row.is_admin === 1 },
      });
      return reply
        .code(201)
        .header('Location', `/api/v1/users/${row.name}`)
        .header('ETag', entityTag(row.version))
        .send(shownUser(row));
    },
  );

  app.get(
    '/api/v1/users/:name',
    { schema: { summary: 'Shows a user', params: nameInPath, response: { 200: userSchema } } },
    async (request, reply) => {
      const row = await visibleUser(parts, request, request.params.name);
      return reply.header('ETag', entityTag(row.version)).send(shownUser(row));
    },
  );

  app.patch(
    '/api/v1/users/:name',
    { schema: { summary: 'Changes a user', params: nameInPath, body: userChanges, response: { 200: userSchema } } },
    async (request, reply) => {
      const { name } = request.params;
      const { currentPassword, admin, disabled, ...given } = request.body;
      const former = await visibleUser(parts, request, name);
      const administers = isAdministrator(senderOf(request));
      if (!administers) {
        if (senderOf(request).limits !== undefined)
          throw new Problem('forbidden', 'a narrowed access token changes no account');
        if (admin !== undefined || disabled !== undefined || given.expiresAt !== undefined) {
          throw new Problem('forbidden', 'admin, disabled and expiresAt are changed by administrators');
        }
      }
      if (given.password !== undefined && former.id === requireAccount(request).id) {
        const { password_hash: hash } = former;
        if (hash !== null && !(await matchesHash(currentPassword ?? '', hash))) {
          throw invalid('/currentPassword', 'must be the present password');
        }
      }
      const changes = { ...given, isAdmin: admin, isDisabled: disabled };
      const row = await accounts.change(name, changes, matchedVersion(request.headers['if-match']));
      const changed = Object.keys(request.body).filter((key) => key !== 'currentPassword');
      await audit.record(actorOf(request), { verb: 'user.change', object: name, detail: { changed } });
      return reply.header('ETag', entityTag(row.version)).send(shownUser(row));
    },
  );

  app.delete(
    '/api/v1/users/:name',
    {
      config: administrator,
      schema: {
        summary: 'Deletes a user, with its tokens and rights',
        params: nameInPath,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { name } = request.params;
      await accounts.get(name, 'user');
      await accounts.delete(name, matchedVersion(request.headers['if-match']));
      parts.rights.forget();
      await audit.record(actorOf(request), { verb: 'user.delete', object: name });
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/api/v1/users/:name/unlock',
    {
      config: administrator,
      schema: {
        summary: 'Ends the delay of logins after wrong passwords',
        params: nameInPath,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { name } = await accounts.get(request.params.name, 'user');
      await delays.forget(name);
      await audit.record(actorOf(request), { verb: 'user.unlock', object: name });
      return reply.code(204).send(null);
    },
  );

  const imported = z.object({ created: z.array(z.string()), skipped: z.array(z.string()) });
  app.post(
    '/api/v1/users/import',
    {
      config: administrator,
      schema: {
        summary: 'Makes users of a file of htpasswd',
        body: z.strictObject({ htpasswd: z.string().max(900_000).describe('Lines of a file of htpasswd, bcrypt') }),
        response: { 200: imported },
      },
    },
    async (request) => {
      const found = readImportedAccounts(request.body.htpasswd);
      const created: string[] = [];
      const skipped: string[] = [];
      for (const { name, hash } of found) {
        if ((await accounts.find(name)) !== undefined) {
          skipped.push(name);
          continue;
        }
        const row = await accounts.create({ name, passwordHash: hash });
        await ownNamespace(parts.rights, row);
        created.push(name);
      }
      await audit.record(actorOf(request), {
        verb: 'user.import',
        object: `${created.length} accounts`,
        detail: { created },
      });
      return { created, skipped };
    },
  );
}

/** Returns a user as the API has it. */
export function shownUser(row: AccountRow): z.output<typeof userSchema> {
  return {
    name: row.name,
    fullName: row.full_name,
    email: row.email,
    admin: row.is_admin === 1,
    disabled: row.is_disabled === 1,
    source: row.source,
    gone: row.gone_at !== null,
    hasPassword: row.password_hash !== null || row.source !== 'local',
    createdAt: shownTime(row.created_at),
    expiresAt: shownTimeOrNull(row.expires_at),
    lastLoginAt: shownTimeOrNull(row.last_login_at),
  };
}

/** Returns the identifier of a directory's user for whom an account is made. @throws Problem for what can't be */
function externalIdOf({ oidc }: ServiceParts, { source, subject, password }: z.output<typeof newUser>) {
  if (source !== 'local' && password !== undefined) throw invalid('/password', `must not be there: ${source} knows it`);
  if (source !== 'oidc') {
    if (subject !== undefined) throw invalid('/subject', 'must not be there: it is for accounts of oidc');
    return undefined;
  }
  if (oidc === undefined) throw invalid('/source', 'must be another: no OpenID provider is set up');
  if (subject === undefined) throw invalid('/subject', 'must be there: names may change hands at a provider');
  return oidcIdentifier(oidc.provider.options.issuer.href, subject);
}

/** Returns a user that the sender may see. @throws Problem */
export async function visibleUser(
  { accounts }: ServiceParts,
  request: Parameters<typeof senderOf>[0],
  name: string,
): Promise<AccountRow> {
  if (!isAdministrator(senderOf(request)) && requireAccount(request).name !== name) throw notFound(`user ${name}`);
  return await accounts.get(name, 'user');
}
