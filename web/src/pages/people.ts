import type { AnyPage } from '../kernel/page.js';
import type { Routes } from '../kernel/routes.js';
import { accessPage } from './access/access-page.js';
import { directoryPage } from './access/directory-page.js';
import { explainPage } from './access/explain-page.js';
import { grantsPage } from './access/grants/grants-page.js';
import { groupPage } from './access/groups/group-page.js';
import { groupsPage } from './access/groups/groups-page.js';
import { robotPage } from './access/robots/robot-page.js';
import { robotsPage } from './access/robots/robots-page.js';
import { userPage } from './access/users/user-page.js';
import { usersPage } from './access/users/users-page.js';
import { visibilityPage } from './access/visibility-page.js';
import { accountPage } from './account/account-page.js';
import { auditPage } from './audit/audit-page.js';
import { newWebhookPage } from './webhooks/new-webhook-page.js';
import { webhookPage } from './webhooks/webhook-page.js';
import { webhooksPage } from './webhooks/webhooks-page.js';

/** Pages of accounts, rights, webhooks and the audit. The first that fits counts. */
export const peoplePages: Routes<AnyPage> = [
  ['/access', accessPage],
  ['/access/directory', directoryPage],
  ['/access/explain', explainPage],
  ['/access/grants', grantsPage],
  ['/access/groups', groupsPage],
  ['/access/groups/:name', groupPage],
  ['/access/robots', robotsPage],
  ['/access/robots/:name', robotPage],
  ['/access/users', usersPage],
  ['/access/users/:name', userPage],
  ['/access/visibility', visibilityPage],
  ['/account', accountPage],
  ['/audit', auditPage],
  ['/webhooks', webhooksPage],
  ['/webhooks/new', newWebhookPage],
  ['/webhooks/:id', webhookPage],
];
