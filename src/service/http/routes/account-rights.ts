import type { z } from 'zod';
import { readAccountRights } from '../../access/rights/account-rights.js';
import { accountRights } from '../../schemas/access.js';
import { nameInPath } from '../../schemas/fields.js';
import type { ServiceParts } from '../../service-parts.js';
import type { AccountRow } from '../../store/tables.js';
import type { ServiceApp } from '../bare-app.js';
import { shownGrant } from './grants.js';
import { findRobot } from './robots.js';
import { visibleUser } from './users.js';

/** Adds the routes of what one account has: groups, roles, denials. Users see their own, administrators all. */
export function addAccountRightsRoutes(app: ServiceApp, parts: ServiceParts): void {
  const answer = async (account: AccountRow): Promise<z.output<typeof accountRights>> => {
    const { groups, grants } = await readAccountRights(parts.database, account);
    return { groups: [...groups], grants: grants.map(shownGrant) };
  };
  const schema = { params: nameInPath, response: { 200: accountRights } };
  app.get(
    '/api/v1/users/:name/rights',
    { schema: { summary: 'Lists the groups of a user, and its roles and denials', ...schema } },
    async (request) => await answer(await visibleUser(parts, request, request.params.name)),
  );
  app.get(
    '/api/v1/robots/:name/rights',
    { schema: { summary: 'Lists the groups of a robot, and its roles and denials', ...schema } },
    async (request) => await answer(await findRobot(parts, request, request.params.name)),
  );
}
