import { Diagnostics } from '../../diagnostics/diagnostic.js';
import type { WantedImages } from '../../registry/lists/image-list.js';
import { entryText } from '../../registry/lists/target-registries.js';
import { listedSources } from '../../registry/plan/listed-source.js';
import { resolveList } from '../../registry/plan/resolve/resolve-list.js';
import { sourceNameOf, type WantedImage } from '../../registry/plan/wanted-image.js';
import { RegistryError } from '../../registry/registry-error.js';
import type { ImageSource } from '../../registry/source.js';
import { appFolder } from '../layouts/app-name.js';
import type { LayoutKind } from '../layouts/publication.js';
import type { ImageChoice } from '../layouts/published-images.js';
import { requirePublishedName } from '../layouts/static-layout.js';
import { pinImages } from './choose-images.js';

/** Names of an application of a list. */
interface AppNames {
  /** Folder of its objects: its name with hyphens for slashes. */
  readonly app: string;
  /** Name that clients pull: that of its repository at the target of the list. */
  readonly name: string;
}

/** Application of a list: the images of one repository. */
export interface ListedApp extends AppNames {
  readonly choice: ImageChoice;
}

/** Options of {@link listedApps}. */
export interface ListedAppOptions {
  readonly layout: LayoutKind;
  /** Namespace before the name of each repository. */
  readonly namespace: string | undefined;
  readonly sourceOf: (name: string | undefined) => ImageSource;
}

/**
 * Makes an application of each repository that a list names. All names are compared and all images are looked for, so that a wrong
 * list is known before anything is stored.
 * @throws InputError with the place of each error in the list; RegistryError where a registry does not answer
 */
export async function listedApps(wanted: readonly WantedImages[], options: ListedAppOptions): Promise<ListedApp[]> {
  const sourceOf = listedSources(options.sourceOf);
  const diagnostics = new Diagnostics();
  // A store is one target, whichever registries a list sends its images to.
  const all = wanted.map((entry) => ({ ...entry, targetRegistry: undefined }));
  const { images, unmatched } = await resolveList(all, { sourceOf, attachments: 'all' });
  for (const { error, place } of unmatched) addProblem(diagnostics, error, place);
  const groups = groupByName(images, { ...options, sourceOf }, diagnostics);
  diagnostics.throwIfAny();
  const apps: ListedApp[] = [];
  for (const { app, name, images: listed } of groups) {
    const pinned = await pinImages(listed, sourceOf, (error, { place }) => addProblem(diagnostics, error, place));
    const [first] = pinned;
    if (first === undefined) continue;
    apps.push({ app, name, choice: { source: sourceOf(first.source), repository: first.repository, images: pinned } });
  }
  diagnostics.throwIfAny();
  return apps;
}

/** Groups images by the application that they belong to. What does not fit together is reported, once for each repository. */
function groupByName(
  images: readonly WantedImage[],
  { layout, namespace, sourceOf }: ListedAppOptions,
  diagnostics: Diagnostics,
) {
  const groups = new Map<string, AppNames & { readonly first: WantedImage; readonly images: WantedImage[] }>();
  const strays = new Set<string>();
  for (const image of images) {
    if (image.targetTag === undefined) addProblem(diagnostics, withoutTag(image), image.place);
    const name = namespace === undefined ? image.targetRepository : `${namespace}/${image.targetRepository}`;
    const app = name.replaceAll('/', '-');
    const key = layout === 'static' ? name : app;
    const known = groups.get(key);
    if (known === undefined) {
      groups.set(key, { app, name, first: image, images: [image] });
      const error = nameError({ app, name }, layout);
      if (error !== undefined) addProblem(diagnostics, error, image.place);
      continue;
    }
    const { first } = known;
    if (known.name === name && isOfOneRepository(image, first, sourceOf)) known.images.push(image);
    else if (!strays.has(originOf(image))) {
      strays.add(originOf(image));
      addProblem(diagnostics, rivalry(key, image, first), image.place);
    }
  }
  return groups.values();
}

function isOfOneRepository(one: WantedImage, other: WantedImage, sourceOf: ListedAppOptions['sourceOf']): boolean {
  return one.repository === other.repository && sourceOf(one.source) === sourceOf(other.source);
}

/** Adds what is wrong with an entry. @throws RegistryError where it is not about the entry, but about a registry */
function addProblem(diagnostics: Diagnostics, error: RegistryError, place: WantedImage['place']): void {
  if (error.kind !== 'input' && error.kind !== 'not-found') throw error;
  diagnostics.add({ code: 'image-list', message: error.message, place, hint: error.hint });
}

/** Returns the error of names that nothing can be published by. */
function nameError({ app, name }: AppNames, layout: LayoutKind): RegistryError | undefined {
  try {
    requirePublishedName(name);
    if (layout !== 'static') appFolder(app);
    return undefined;
  } catch (error) {
    if (error instanceof RegistryError) return error;
    throw error;
  }
}

function withoutTag(image: WantedImage): RegistryError {
  return new RegistryError('input', `${sourceNameOf(image)} has no tag that clients could pull`, {
    hint: `write its tag as well: ${image.repository}:TAG@${image.digest ?? ''}`,
  });
}

function rivalry(key: string, image: WantedImage, first: WantedImage): RegistryError {
  const other = entryText({ target: originOf(first), place: first.place });
  return new RegistryError('input', `${originOf(image)} would be published as ${key}, and so is ${other}`, {
    hint: 'give one of them another target, or publish it in a run of its own',
  });
}

function originOf({ source, repository, targetRepository }: WantedImage): string {
  const from = `${source === undefined ? '' : `${source}/`}${repository}`;
  return targetRepository === repository ? from : `${from} for ${targetRepository}`;
}
