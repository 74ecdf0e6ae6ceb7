import type { Pattern } from '../../registry/lists/image-list.js';
import { RegistryError } from '../../registry/registry-error.js';
import type { LayoutKind, PublishLayout } from '../layouts/publication.js';
import type { ImageChoice } from '../layouts/published-images.js';
import type { TreeVersion } from '../layouts/v2-places.js';
import { isRegistrySource, registryTarget } from './registry-source.js';

/** Options by which images are laid out. */
export interface LayoutRequest {
  readonly app: string;
  /** Name that clients pull. */
  readonly name: string;
  /** Default: `v1` for an export of Pulp 2, `static` for all else. */
  readonly layout: LayoutKind | undefined;
  /** Images of v1 that are had from elsewhere. */
  readonly mask: ReadonlySet<string>;
  readonly redirectVersion: TreeVersion;
}

/** Source of a publication, and how it is laid out. */
export interface PublishSourceRequest extends LayoutRequest {
  /** Archive, folder of skopeo, or `REGISTRY/REPOSITORY[:TAG]`. */
  readonly source: string;
  /** Patterns of the tags that are published. None: all of them. */
  readonly tags: readonly Pattern[];
  /** Repository of an archive that has several. */
  readonly repository: string | undefined;
  /** File of accounts of registries. Default: those that docker and podman keep. */
  readonly authfile: string | undefined;
}

/** Options of {@link openPublishSource}. */
export interface SourceOptions {
  readonly signal: AbortSignal;
  /** Receives notices about a registry. */
  readonly notice: (line: string) => void;
}

/** Source of a publication, laid out. */
export interface OpenedSource {
  readonly layout: PublishLayout;
  /** Lines about the source, before anything is stored. */
  readonly lines: readonly string[];
  close(): Promise<void>;
}

/** Opens the source of a publication: an archive, a folder, a registry. @throws RegistryError */
export async function openPublishSource(request: PublishSourceRequest, options: SourceOptions): Promise<OpenedSource> {
  const { source, app, name, mask } = request;
  if (!isRegistrySource(source) && (request.layout === undefined || request.layout === 'v1')) {
    const { openPulpExport, pulpExportLayout } = await import('../layouts/pulp-export.js');
    const opened = await openPulpExport(source, options.signal);
    if (opened !== undefined && request.tags.length > 0) {
      await opened.tree.close();
      throw new RegistryError(
        'input',
        `tags of ${source} cannot be chosen: an export of Pulp 2 is published as it is`,
        {
          hint: 'leave out the tags, or export fewer',
        },
      );
    }
    if (opened !== undefined)
      return {
        layout: pulpExportLayout(opened, { app, name, mask }),
        lines: [`Reading ${source}: nothing is extracted`, `${source}/${opened.metadata}`],
        close: () => opened.tree.close(),
      };
  }
  const { choice, lines } = isRegistrySource(source)
    ? await fromRegistry(request, options)
    : await fromArchive(request, options);
  try {
    return { layout: await layoutOf(choice, request), lines, close: () => choice.source.close() };
  } catch (error) {
    await choice.source.close();
    throw error;
  }
}

/** Lays images out. @throws RegistryError `input` */
export async function layoutOf(choice: ImageChoice, request: LayoutRequest): Promise<PublishLayout> {
  const { layout = 'static', app, name, mask, redirectVersion: version } = request;
  if (layout !== 'v1' && mask.size > 0)
    throw new RegistryError('input', `--mask is for images of v1, and the layout is ${layout}`, {
      hint: 'leave it out',
    });
  switch (layout) {
    case 'v1': {
      const { v1Layout } = await import('../layouts/v1-layout.js');
      return v1Layout(choice, { app, name, mask });
    }
    case 'pulp': {
      const { pulpLayout } = await import('../layouts/pulp-layout.js');
      return pulpLayout(choice, { app, name, version });
    }
    case 'static': {
      const { staticLayout } = await import('../layouts/static-layout.js');
      return staticLayout(choice, name);
    }
  }
}

async function fromArchive({ source, repository, tags }: PublishSourceRequest, { signal }: SourceOptions) {
  const { openArchive } = await import('../../registry/archive/open.js');
  const { chooseArchived } = await import('./choose-images.js');
  const archive = await openArchive(source, { signal });
  try {
    return { choice: chooseArchived(archive, repository, tags), lines: archive.notices };
  } catch (error) {
    await archive.close();
    throw error;
  }
}

async function fromRegistry(request: PublishSourceRequest, options: SourceOptions) {
  const { openTargetRegistry, usualTrust } = await import('../../registry/auth/open-target.js');
  const { listedSource } = await import('../../registry/plan/listed-source.js');
  const { chooseFromRegistry } = await import('./choose-images.js');
  const target = registryTarget(request.source, request.tags);
  const registry = listedSource(openTargetRegistry(target, { ...usualTrust, authfile: request.authfile }, options));
  try {
    return { choice: await chooseFromRegistry(registry, target.repository ?? '', target, request.tags), lines: [] };
  } catch (error) {
    await registry.close();
    throw error;
  }
}
