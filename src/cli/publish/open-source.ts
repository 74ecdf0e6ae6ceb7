import { existsSync } from 'node:fs';
import type { PublishLayout } from '../../publish/layouts/publication.js';
import type { ImageChoice } from '../../publish/layouts/published-images.js';
import { RegistryError } from '../../registry/registry-error.js';
import { openTarget } from '../registry/registry-options.js';
import { parseTarget } from '../registry/target.js';
import type { PublishRequest } from './publish-request.js';

/** Source of a publication, laid out. */
export interface OpenedSource {
  readonly layout: PublishLayout;
  /** Lines about the source, before anything is stored. */
  readonly lines: readonly string[];
  close(): Promise<void>;
}

/** Opens the source of a publication: an archive, a folder, a registry. @throws RegistryError */
export async function openPublishSource(request: PublishRequest, signal: AbortSignal): Promise<OpenedSource> {
  const { source, app, name, mask } = request;
  if (!isRegistry(source) && (request.layout === undefined || request.layout === 'v1')) {
    const { openPulpExport, pulpExportLayout } = await import('../../publish/layouts/pulp-export.js');
    const opened = await openPulpExport(source, signal);
    if (opened !== undefined)
      return {
        layout: pulpExportLayout(opened, { app, name, mask }),
        lines: [`Reading ${source}: nothing is extracted`, `${source}/${opened.metadata}`],
        close: () => opened.tree.close(),
      };
  }
  const { choice, lines } = isRegistry(source)
    ? await fromRegistry(request, signal)
    : await fromArchive(request, signal);
  try {
    return { layout: await layoutOf(choice, request), lines, close: () => choice.source.close() };
  } catch (error) {
    await choice.source.close();
    throw error;
  }
}

async function layoutOf(choice: ImageChoice, request: PublishRequest): Promise<PublishLayout> {
  const { layout = 'static', app, name, mask, redirectVersion: version } = request;
  if (layout !== 'v1' && mask.size > 0)
    throw new RegistryError('input', `--mask is for images of v1, and the layout is ${layout}`, {
      hint: 'leave it out',
    });
  switch (layout) {
    case 'v1': {
      const { v1Layout } = await import('../../publish/layouts/v1-layout.js');
      return v1Layout(choice, { app, name, mask });
    }
    case 'pulp': {
      const { pulpLayout } = await import('../../publish/layouts/pulp-layout.js');
      return pulpLayout(choice, { app, name, version });
    }
    case 'static': {
      const { staticLayout } = await import('../../publish/layouts/static-layout.js');
      return staticLayout(choice, name);
    }
  }
}

async function fromArchive({ source, repository }: PublishRequest, signal: AbortSignal) {
  const { openArchive } = await import('../../registry/archive/open.js');
  const { chooseArchived } = await import('../../publish/layouts/published-images.js');
  const archive = await openArchive(source, { signal });
  try {
    return { choice: chooseArchived(archive, repository), lines: archive.notices };
  } catch (error) {
    await archive.close();
    throw error;
  }
}

async function fromRegistry(request: PublishRequest, signal: AbortSignal) {
  const { chooseFromRegistry } = await import('../../publish/layouts/published-images.js');
  const target = parseTarget(request.source, 'image');
  const options = {
    plainHttp: false,
    ca: [],
    cert: undefined,
    key: undefined,
    insecure: false,
    authfile: request.authfile,
    creds: undefined,
    passwordStdin: false,
    timeout: undefined,
    json: request.json,
    verbose: request.verbose,
  };
  const registry = await openTarget(target, options, { signal });
  try {
    return { choice: await chooseFromRegistry(registry, target.repository ?? '', target), lines: [] };
  } catch (error) {
    await registry.close();
    throw error;
  }
}

/** Returns true for `REGISTRY/REPOSITORY`: its first part looks like a host, and there is no such file. */
function isRegistry(source: string): boolean {
  if (/^https?:\/\//.test(source)) return true;
  return /^(?:[^/]+[.:][^/]*|localhost)\/./.test(source) && !/^\.{1,2}\//.test(source) && !existsSync(source);
}
