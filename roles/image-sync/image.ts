/** An image to have in the local registry. */
export interface Image {
  /** Repository and tag upstream: `team/web`, `1.4`. */
  readonly name: string;
  readonly tag: string;
  /** Repository in the local registry. */
  readonly target: string;
}

/** How an image is called in reports: as it will be in the local registry. */
export function called({ target, tag }: Image): string {
  return `${target}:${tag}`;
}

export interface ImageEntry {
  readonly name: string;
  readonly tag: string;
  readonly target?: string | undefined;
}

/** The images of a list, with the namespace and prefix put before the names; each once. */
export function imagesOf(entries: readonly ImageEntry[], namespace: string, prefix: string): Image[] {
  const full = (name: string) => {
    const parts = name.split('/');
    const last = `${prefix}${parts.pop() ?? ''}`;
    return [...(namespace === '' ? [] : [namespace]), ...parts, last].join('/');
  };
  const images = entries.map(({ name, tag, target }) => ({ name: full(name), tag, target: target ?? full(name) }));
  return [...new Map(images.map((image) => [JSON.stringify(image), image])).values()];
}
