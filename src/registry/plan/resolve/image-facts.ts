import { z } from 'zod';
import { ContentReader } from '../../admin/content-reader.js';
import { createdOf, isAttestation } from '../../admin/created-of.js';
import { sortTags } from '../../lists/tag-version.js';
import { isTag } from '../../names.js';
import { RegistryError } from '../../registry-error.js';
import type { ImageSource } from '../../source.js';

/** Most tags of a repository whose dates are read: each takes two requests, of an index three. */
const mostDated = 500;

/** Reads of a source what a list has to know of images before it knows which: dates and labels, each digest's once. */
export class ImageFacts {
  readonly #source: ImageSource;
  readonly #reader: ContentReader;

  constructor(source: ImageSource) {
    this.#source = source;
    this.#reader = new ContentReader(source);
  }

  /**
   * Returns the N tags whose images were made last, in the order they were given. Images without a date are the oldest;
   * of one date, the higher version is newer.
   * @throws RegistryError `input` where too many tags are left to choose from
   */
  async newest(repository: string, tags: readonly string[], count: number): Promise<string[]> {
    const name = `${this.#source.name}/${repository}`;
    if (tags.length <= count) return [...tags];
    if (tags.length > mostDated)
      throw new RegistryError(
        'input',
        `${name}: newest would read the dates of ${tags.length} tags, more than ${mostDated}`,
        {
          hint: 'choose fewer with include, exclude or semver; or take latest, which goes by version',
        },
      );
    this.#source.notice?.(`${name}: newest reads the dates of ${tags.length} tags, two or three requests each`);
    const dated = await Promise.all(
      sortTags(tags).map(async (tag) => ({ tag, date: await this.#date(repository, tag) })),
    );
    const chosen = dated
      .toSorted((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0))
      .slice(-count)
      .map(({ tag }) => tag);
    return tags.filter((tag) => chosen.includes(tag));
  }

  /**
   * Returns the tag that a label of an image names, or several in braces: `rdo_version`, `{version}-{release}`. The tag it
   * has where it lacks such a label.
   * @throws RegistryError `not-found` where there is no such image, `input` where the label is no tag
   */
  async tagByLabel(repository: string, tag: string, label: string): Promise<string> {
    const labels = await this.#labels(repository, tag);
    const names = label.includes('{') ? [...label.matchAll(/\{([^{}]*)\}/g)].map(([, name = '']) => name) : [label];
    if (names.some((name) => !Object.hasOwn(labels, name))) return tag;
    const found = label.includes('{')
      ? label.replace(/\{([^{}]*)\}/g, (_, name: string) => labels[name] ?? '')
      : (labels[label] ?? '');
    if (isTag(found)) return found;
    throw new RegistryError(
      'input',
      `${this.#source.name}/${repository}:${tag}: the label ${label} is ${JSON.stringify(found.slice(0, 200))}, which is no tag`,
    );
  }

  async #date(repository: string, tag: string): Promise<string> {
    const raw = await this.#reader.named(repository, tag);
    // One that went away since the listing fails later, by its name.
    return raw === undefined ? '' : ((await createdOf(repository, raw.digest, this.#reader)) ?? '');
  }

  /** Reads the labels of an image, of an index those of its first platform. */
  async #labels(repository: string, tag: string): Promise<Readonly<Record<string, string>>> {
    const name = `${this.#source.name}/${repository}:${tag}`;
    const raw = await this.#reader.named(repository, tag);
    if (raw === undefined) throw new RegistryError('not-found', `${name}, whose labels name the tag, is not there`);
    let manifest = await this.#reader.manifest(repository, raw.digest);
    const first = manifest.kind === 'index' ? manifest.manifests.find((child) => !isAttestation(child)) : undefined;
    if (first !== undefined) manifest = await this.#reader.manifest(repository, first.digest);
    if (manifest.kind === 'index') throw new RegistryError('unsupported', `${name} has no labels: it is no image`);
    const config = await this.#reader.config(repository, manifest.config);
    return labelsShape.safeParse(config?.config).data?.Labels ?? {};
  }
}

const labelsShape = z.object({ Labels: z.record(z.string(), z.string()).nullish() });
