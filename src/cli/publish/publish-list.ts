import { join } from 'node:path';
import { Diagnostics } from '../../diagnostics/diagnostic.js';
import { listedApps } from '../../publish/sources/listed-apps.js';
import { layoutOf } from '../../publish/sources/open-source.js';
import { RegistryError } from '../../registry/registry-error.js';
import { readLists } from '../images/read-lists.js';
import { openSources } from '../images/sides.js';
import { printJson, printLines } from '../terminal/output.js';
import { type OpenedApp, publishApps } from './publish-apps.js';
import type { PublishListRequest } from './publish-list-request.js';

/** Options of registries that lists are read without: those that the lists have themselves count. */
const usualWay = { ca: [], insecure: false, rate: [], connections: [], bandwidth: [], reserve: [] };

/** Publishes each repository of lists of images as an application of its own. @returns the exit status */
export async function publishListed(request: PublishListRequest, signal: AbortSignal): Promise<number> {
  const { lists, from, authfile, namespace, layout = 'static', redirects, json } = request;
  const diagnostics = new Diagnostics();
  const list = await readLists({ lists, platform: [], set: [], template: undefined }, diagnostics);
  diagnostics.throwIfAny();
  if (list.wanted.length === 0)
    throw new RegistryError('input', `${lists.join(', ')}: there are no images to publish`, {
      hint: 'write one image a line: registry.example.com/team/web:1.0',
    });
  if (!json) printLines(list.notices);
  const sources = await openSources({ ...usualWay, from, authfile }, list, signal);
  try {
    const found = await listedApps(sources.wanted, { layout, namespace, sourceOf: sources.sourceOf });
    const apps = await Promise.all(
      found.map(
        async ({ app, name, choice }): Promise<OpenedApp> => ({
          app,
          title: name,
          layout: await layoutOf(choice, { ...request, app, name }),
          lines: [],
          redirectFile: redirects === undefined ? undefined : join(redirects, `${app}.json`),
        }),
      ),
    );
    const { status, reports } = await publishApps(apps, request, signal);
    if (json) printJson({ notices: list.notices, apps: reports }, 2);
    return status;
  } finally {
    await sources.close();
  }
}
