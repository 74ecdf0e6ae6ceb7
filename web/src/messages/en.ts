import { access } from './en/access.js';
import { account } from './en/account.js';
import { audit } from './en/audit.js';
import { frame } from './en/frame.js';
import { hosts } from './en/hosts.js';
import { hub } from './en/hub.js';
import { image } from './en/image.js';
import { jobs } from './en/jobs.js';
import { overview } from './en/overview.js';
import { publications } from './en/publications.js';
import { registries } from './en/registries.js';
import { repositories } from './en/repositories.js';
import { schedules } from './en/schedules.js';
import { settings } from './en/settings.js';
import { webhooks } from './en/webhooks.js';

/** All texts in English; the keys of every language. */
export const en = {
  ...access,
  ...account,
  ...audit,
  ...frame,
  ...hosts,
  ...hub,
  ...image,
  ...jobs,
  ...overview,
  ...publications,
  ...registries,
  ...repositories,
  ...schedules,
  ...settings,
  ...webhooks,
} as const;
