import type { Catalogue } from '../kernel/catalogue.js';
import { access } from './de/access.js';
import { account } from './de/account.js';
import { audit } from './de/audit.js';
import { frame } from './de/frame.js';
import { hosts } from './de/hosts.js';
import { hub } from './de/hub.js';
import { image } from './de/image.js';
import { jobs } from './de/jobs.js';
import { overview } from './de/overview.js';
import { publications } from './de/publications.js';
import { registries } from './de/registries.js';
import { repositories } from './de/repositories.js';
import { schedules } from './de/schedules.js';
import { settings } from './de/settings.js';
import { webhooks } from './de/webhooks.js';

/** Alle Texte auf Deutsch. */
export const de: Catalogue = {
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
};
