import { statSync } from 'node:fs';
import type { z } from 'zod';
import { reasonOf } from '../../diagnostics/reason.js';
import type { Redirect } from '../../publish/redirects/redirect.js';
import { redirectOfApp } from '../../publish/vendors/redirect-state.js';
import { isDigest } from '../../registry/digest.js';
import type { StoredJob } from '../jobs/job.js';
import { shownTime } from '../schemas/fields.js';
import type { publicationSchema } from './publication-schema.js';
import type { VendorPublication } from './publications.js';

type Shown = z.output<typeof publicationSchema>;

/** Returns a publication as the API has it: what the file of vendors and the redirect file say. */
export function shownPublication({ vendor, app }: VendorPublication, job: StoredJob | undefined): Shown {
  const { to, access, url, pull_from: pullFrom } = vendor;
  return {
    vendor: vendor.vendor,
    app: app.app,
    name: app.name,
    layout: app.layout,
    source: app.source ?? null,
    store: to,
    access,
    url: url ?? null,
    pullFrom: pullFrom ?? null,
    ...stateOf(app),
    job: job?.id ?? null,
    jobKind: job?.kind ?? null,
    jobState: job?.state ?? null,
    result: job?.result ?? null,
  };
}

function stateOf(app: VendorPublication['app']): Pick<Shown, 'state' | 'tags' | 'publishedAt' | 'problem'> {
  if (app.redirectFile === undefined) return { state: 'unknown', tags: null, publishedAt: null, problem: '' };
  try {
    const redirect = redirectOfApp(app);
    if (redirect === undefined) return { state: 'unpublished', tags: [], publishedAt: null, problem: '' };
    const publishedAt = shownTime(statSync(app.redirectFile).mtimeMs);
    return { state: 'published', tags: tagsOf(redirect), publishedAt, problem: '' };
  } catch (error) {
    return { state: 'unknown', tags: null, publishedAt: null, problem: reasonOf(error) };
  }
}

/** Lists the tags that a redirect file names; null where it names none, as version 2. */
function tagsOf(redirect: Redirect): string[] | null {
  if (redirect.version === 1) return Object.keys(redirect.tags).sort();
  if (redirect.version === 2) return null;
  return [...new Set([...redirect.schema2, ...redirect.lists])].filter((each) => !isDigest(each)).sort();
}
