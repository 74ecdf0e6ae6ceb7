import type { Diagnostics } from '../../../diagnostics/diagnostic.js';
import type { YamlPath, YamlSource } from '../../../diagnostics/yaml/yaml-file.js';
import { type EntryError, plainEntry, readImageName } from '../entry-fields.js';
import type { WantedImages } from '../image-list.js';
import { type PrepareOptions, prepareImages } from './prepare-images.js';
import type { TemplateText } from './render-template.js';
import { defaultsBeside } from './tripleo-folder.js';

/** Upload of TripleO: an image, and its destination. */
export interface Upload {
  readonly imagename: string;
  readonly push_destination?: string | boolean | null | undefined;
  readonly pull_source?: string | null | undefined;
}

/**
 * Makes the entry of an upload. All that comes after the first `/` of the name is the path at the destination, whatever
 * stood before it. Without a destination, the target is the registry that the sync names.
 */
export function wantedOfUpload({ imagename, push_destination, pull_source }: Upload): WantedImages | EntryError {
  const rest = imagename.slice(imagename.indexOf('/') + 1);
  const target = typeof push_destination === 'string' && push_destination !== '' ? `${push_destination}/${rest}` : rest;
  const [from, to] = [readNamedImage(pull_source ? `${pull_source}/${imagename}` : imagename), readNamedImage(target)];
  if ('error' in from) return from;
  if ('error' in to) return to;
  const tag = from.tag ?? (from.digest === undefined ? 'latest' : undefined);
  return {
    ...plainEntry(from.repository, from.registry),
    target: to.repository,
    targetRegistry: to.registry || undefined,
    tags: [{ tag, digest: from.digest, targetTag: undefined }],
  };
}

function readNamedImage(text: string) {
  const image = readImageName(text, undefined, []);
  return 'error' in image ? { ...image, error: `${JSON.stringify(text)} is ${image.error}` } : image;
}

const keys = ['modify_role', 'modify_vars', 'modify_append_tag', 'modify_only_with_labels', 'modify_only_with_source'];

/** Says of keys that change images on the way that it isn't done here: images are copied as they are. */
export function refuseModify(entry: object, source: YamlSource, path: YamlPath, diagnostics: Diagnostics): void {
  const key = keys.find((each) => Object.hasOwn(entry, each) && Reflect.get(entry, each) != null);
  if (key === undefined) return;
  diagnostics.add({
    code: 'image-list',
    message: `${key}: images are copied as they are, none is rebuilt on the way`,
    place: source.placeOf([...path, key], 'key'),
    hint: 'build the changed image (buildah, docker build), push it, and list it by its own name and tag',
  });
}

/**
 * Reads the images that TripleO's template makes with the options, and with the defaults of its release: those that lie
 * beside it, else Queens's, which had none.
 */
export function readTemplateList(
  template: TemplateText,
  options: PrepareOptions,
  diagnostics: Diagnostics,
): { readonly wanted: WantedImages[] } | undefined {
  const before = diagnostics.all.length;
  const defaults = options.defaults ?? defaultsBeside(template, diagnostics);
  if (diagnostics.all.length > before) return undefined;
  const prepared = prepareImages(template, { ...options, defaults }, diagnostics);
  if (prepared === undefined) return undefined;
  const wanted = prepared.images.flatMap((image) => {
    const entry = wantedOfUpload(image);
    if (!('error' in entry)) return [entry];
    diagnostics.add({ code: 'image', message: `${template.file} makes an image of which ${entry.error}` });
    return [];
  });
  return { wanted };
}
