import { z } from 'zod';
import { readToken, type TokenAccess } from '../../registry/server/access/tokens/read-token.js';
import { nobody, type Principal } from '../access/principal.js';
import type { TokenLimit } from '../access/rights/decide.js';
import { actions, type RepositoryAction } from '../access/rights/roles.js';
import { isSearch } from '../tokens/issue-token.js';
import type { V1Context } from './v1-context.js';

/** Claims that are read beside those of registries. */
const ownClaims = z.object({
  aud: z.string(),
  jti: z.string().max(100),
  limits: z.array(z.object({ path: z.string(), actions: z.array(z.enum(actions)) })).optional(),
});

/**
 * Finds the sender of a token that the token server has issued: its account, with no more rights than the account has now and the token
 * gives. A token for searches lets names be seen, of what the login may see that it was asked for by. @returns undefined: it is not valid
 */
export async function findTokenSender(
  { parts, bundle }: V1Context,
  token: string,
): Promise<{ readonly principal: Principal; readonly registry: string } | undefined> {
  const payload = ownClaims.safeParse(payloadOf(token));
  if (!payload.success || parts.registries.find(payload.data.aud) === undefined) return undefined;
  const { aud: registry, jti, limits } = payload.data;
  const claims = readToken(token, { issuer: parts.settings.issuerName, service: registry }, bundle());
  if (claims === undefined) return undefined;
  const searches = claims.access.some(isSearch) ? seen(limits) : [];
  const narrowed = [...searches, ...limitsOf(claims.access)];
  if (claims.subject === '') return { principal: { ...nobody, limits: narrowed }, registry };
  const row = await parts.accounts.find(claims.subject);
  const proof = row === undefined ? undefined : await parts.authenticator.byAccount(row);
  if (proof?.principal === undefined) return undefined;
  const { account } = proof.principal;
  return { principal: { account, means: { kind: 'login', id: jti }, limits: narrowed, api: 'none' }, registry };
}

function payloadOf(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
  } catch {
    return undefined; // No token: the caller refuses it.
  }
}

/** Returns the narrowing of who may only see, and of that what a login may do something with. */
function seen(limits: readonly TokenLimit[] = [{ path: '', actions: ['see'] }]): TokenLimit[] {
  return limits.filter((limit) => limit.actions.length > 0).map(({ path }) => ({ path, actions: ['see'] }));
}

function limitsOf(access: readonly TokenAccess[]): TokenLimit[] {
  return access
    .filter(({ type }) => type === 'repository')
    .map((each) => ({ path: each.name, actions: each.actions.filter(isAction) }));
}

function isAction(text: string): text is RepositoryAction {
  return text === 'pull' || text === 'push' || text === 'delete';
}
