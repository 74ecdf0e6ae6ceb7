import { prefixedName, type WantedImages } from '../../src/index.js';

/** An image to have in the local registry, as the host's engine moves it. */
export interface Image {
  /** Repository and tag upstream: `team/web`, `1.4`. */
  readonly name: string;
  readonly tag: string;
  /** Repository in the local registry. */
  readonly target: string;
}

/** Returns the name of an image in reports: its name in the local registry. */
export function reportName({ target, tag }: Image): string {
  return `${target}:${tag}`;
}

/** The entries of a list, with the namespace and prefix put before the names. An explicit target stays as it is. */
export function prefixed(entries: readonly WantedImages[], namespace: string, prefix: string): WantedImages[] {
  const full = (name: string) => prefixedName(name, namespace, prefix);
  return entries.map((entry) => {
    if (typeof entry.repository !== 'string') return entry;
    const { repository, target } = entry;
    return { ...entry, repository: full(repository), target: entry.isTargetGiven ? target : full(repository) };
  });
}

/**
 * The images of a list, each once, where it is one that a container engine can bring over: names and tags.
 * @throws Error naming what an engine has no way to do, or two images with one name
 */
export function imagesOf(entries: readonly WantedImages[]): Image[] {
  const images = entries.flatMap(({ repository, target, tags, patterns, platforms }) => {
    if (typeof repository !== 'string') throw new Error(cannot('a catalog'));
    if (patterns !== undefined) throw new Error(cannot('tags by pattern'));
    if (platforms !== undefined) throw new Error(cannot('platforms'));
    return tags.map(({ tag, digest, targetTag, tagFromLabel }) => {
      if (tagFromLabel !== undefined) throw new Error(cannot('tags by label'));
      if (tag === undefined || digest !== undefined) throw new Error(cannot('digests'));
      if (targetTag !== undefined && targetTag !== tag) throw new Error(cannot('another tag at the target'));
      return { name: repository, tag, target };
    });
  });
  const byName = new Map<string, Image>();
  for (const image of images) {
    const other = byName.get(reportName(image));
    if (other !== undefined && other.name !== image.name)
      throw new Error(
        `${other.name}:${other.tag} and ${image.name}:${image.tag} would both become ${reportName(image)}: give one of them another target`,
      );
    byName.set(reportName(image), image);
  }
  return [...byName.values()];
}

function cannot(what: string): string {
  return `image_sync_via: engine can't do ${what}; leave it to image_sync_via: auto`;
}
