import { z } from 'zod';
import { isRightsPath } from '../access/rights/paths.js';
import { actions, roles, visibilities } from '../access/rights/roles.js';
import { futureTime, plainText, time } from './fields.js';

const password = z.string().max(2000);

/** Account of a user. */
export const userSchema = z
  .object({
    name: z.string(),
    fullName: z.string(),
    email: z.string(),
    admin: z.boolean().describe('May administer the service'),
    disabled: z.boolean(),
    source: z.enum(['local', 'ldap', 'oidc']).describe('Directory that knows the password'),
    gone: z.boolean().describe('Its directory has no such user any more: it is closed'),
    hasPassword: z.boolean().describe('False: only access tokens open it'),
    createdAt: time,
    expiresAt: time.nullable(),
    lastLoginAt: time.nullable(),
  })
  .meta({ id: 'User' });

export const newUser = z
  .strictObject({
    name: z.string().max(200).describe('Small letters and digits, with single ".", "_" or "-" between them'),
    password: password.optional().describe('At least 8 characters. None: only access tokens open the account'),
    source: z
      .enum(['local', 'ldap', 'oidc'])
      .default('local')
      .describe('Directory whose user it is for, before they have logged in: `ldap` by the name, `oidc` by `subject`'),
    subject: z
      .string()
      .regex(/^[\x21-\x7e]{1,255}$/, { error: 'must be the subject (`sub`) that the provider has for the user' })
      .optional(),
    fullName: plainText(200).optional(),
    email: plainText(254).optional(),
    admin: z.boolean().optional(),
    expiresAt: futureTime.nullable().optional(),
  })
  .meta({ id: 'NewUser' });

export const userChanges = z
  .strictObject({
    password: password.nullable().optional().describe('Null: no password opens it any more'),
    currentPassword: password.optional().describe('Required of whoever changes their own password'),
    fullName: plainText(200).optional(),
    email: plainText(254).optional(),
    admin: z.boolean().optional(),
    disabled: z.boolean().optional(),
    expiresAt: futureTime.nullable().optional(),
  })
  .meta({ id: 'UserChanges' });

export const groupSchema = z
  .object({
    name: z.string(),
    description: z.string(),
    source: z.enum(['local', 'ldap', 'oidc']),
    createdAt: time,
    members: z.array(z.string()).optional(),
  })
  .meta({ id: 'Group' });

export const newGroup = z
  .strictObject({ name: z.string().max(200), description: plainText(500).optional() })
  .meta({ id: 'NewGroup' });

export const groupChanges = z.strictObject({ description: plainText(500) }).meta({ id: 'GroupChanges' });

export const robot = z
  .object({
    name: z.string(),
    description: z.string(),
    disabled: z.boolean(),
    createdAt: time,
    expiresAt: time.nullable(),
  })
  .meta({ id: 'Robot' });

export const newRobot = z
  .strictObject({
    name: z.string().max(200).describe('`ci`, or `NAMESPACE+NAME`: `team+ci`'),
    description: plainText(200).optional(),
    expiresAt: futureTime.nullable().optional(),
  })
  .meta({ id: 'NewRobot' });

export const robotChanges = z
  .strictObject({
    description: plainText(200).optional(),
    disabled: z.boolean().optional(),
    expiresAt: futureTime.nullable().optional(),
  })
  .meta({ id: 'RobotChanges' });

/** Path of rights. */
export const rightsPath = z
  .string()
  .max(256)
  .refine(isRightsPath, { error: 'must be a repository, a prefix that ends with "/", or empty: all' })
  .describe('`team/app`; `team/`: all below it; empty: all repositories');

/** Registry that a right is about. */
export const registryOfRight = z.string().max(100).default('').describe('Name of a registry; empty: all of them');

const limit = z.strictObject({
  path: rightsPath,
  actions: z.array(z.enum(actions)).min(1).max(actions.length),
});

export const accessToken = z
  .object({
    id: z.string(),
    label: z.string(),
    repositories: z.array(limit).nullable().describe('Null: all that the account may'),
    api: z.enum(['none', 'read', 'write']),
    createdAt: time,
    expiresAt: time.nullable(),
    lastUsedAt: time.nullable(),
    lastUsedFrom: z.string().nullable(),
  })
  .meta({ id: 'AccessToken' });

export const newAccessToken = z
  .strictObject({
    label: plainText(100).min(1),
    repositories: z.array(limit).max(100).optional().describe('Default: all that the account may'),
    api: z.enum(['none', 'read', 'write']).default('none').describe('How far it opens this API'),
    expiresAt: futureTime.nullable().optional(),
  })
  .meta({ id: 'NewAccessToken' });

/** Answer that shows the secret of a token, this once. */
export const issuedAccessToken = accessToken
  .extend({ secret: z.string().describe('It is shown this once') })
  .meta({ id: 'IssuedAccessToken' });

export const session = z
  .object({
    id: z.string(),
    address: z.string(),
    userAgent: z.string(),
    createdAt: time,
    usedAt: time,
    current: z.boolean(),
  })
  .meta({ id: 'Session' });

export const login = z
  .object({
    id: z.string(),
    registry: z.string(),
    client: z.string(),
    address: z.string(),
    createdAt: time,
    lastUsedAt: time.nullable(),
  })
  .meta({ id: 'Login' });

export const grant = z
  .object({
    id: z.string(),
    subject: z.object({ kind: z.enum(['account', 'group']), name: z.string() }),
    registry: z.string(),
    path: z.string(),
    role: z.enum(roles).nullable(),
    denied: z.array(z.enum(actions)).nullable(),
    createdAt: time,
    createdBy: z.string(),
  })
  .meta({ id: 'Grant' });

/** Groups of an account, with the roles and denials that it has by itself or by them. */
export const accountRights = z
  .object({
    groups: z.array(z.object({ name: z.string(), source: z.enum(['local', 'ldap', 'oidc']) })),
    grants: z.array(grant),
  })
  .meta({ id: 'AccountRights' });

export const newGrant = z
  .strictObject({
    subject: z.strictObject({ kind: z.enum(['account', 'group']), name: z.string().min(1).max(64) }),
    registry: registryOfRight,
    path: rightsPath,
    role: z.enum(roles).optional().describe('Role that is given'),
    denied: z.array(z.enum(actions)).min(1).optional().describe('Actions that are denied, whatever roles say'),
  })
  .refine(({ role, denied }) => (role === undefined) !== (denied === undefined), {
    error: 'must have "role" or "denied", and not both',
    path: ['role'],
  })
  .meta({ id: 'NewGrant' });

export const visibilityRule = z
  .object({ registry: z.string(), path: z.string(), visibility: z.enum(visibilities) })
  .meta({ id: 'VisibilityRule' });

export const newVisibility = z
  .strictObject({
    registry: registryOfRight,
    path: rightsPath,
    visibility: z.enum(visibilities).nullable().describe('Null: as what is above it'),
  })
  .meta({ id: 'NewVisibility' });

export const explanation = z
  .object({
    allowed: z.boolean(),
    reason: z.string(),
    action: z.enum(actions),
    account: z.string(),
    repository: z.string(),
  })
  .meta({ id: 'Explanation' });

export const auditEvent = z
  .object({
    id: z.number().int(),
    at: time,
    actor: z.string(),
    actorKind: z.string(),
    means: z.string(),
    address: z.string(),
    userAgent: z.string(),
    requestId: z.string(),
    verb: z.string(),
    object: z.string(),
    outcome: z.enum(['done', 'refused', 'failed']),
    reason: z.string(),
    detail: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'AuditEvent' });

/** Directories of accounts that are set up. */
export const directoriesSchema = z.object({ ldap: z.boolean(), oidc: z.boolean() });

/** Answer of a directory about a name, and what a login would make of it. */
export const directoryLook = z
  .object({
    dn: z.string(),
    name: z.string().describe('Name of the account'),
    fullName: z.string(),
    email: z.string(),
    directoryGroups: z.array(z.string()).describe('Groups there'),
    groups: z.array(z.string()).describe('Groups of the service that a login would give'),
    admin: z.boolean().nullable().describe('Null: the service decides'),
    account: z.string().nullable().describe('Account that it has; null: a login would make one'),
    problem: z.string().nullable().describe('Reason why a login would be refused'),
  })
  .meta({ id: 'DirectoryLook' });
