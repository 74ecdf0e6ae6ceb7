import { isRepository } from '../../registry/names.js';
import { RegistryError } from '../../registry/registry-error.js';
import type { StoredObject } from '../stores/object-store.js';
import { joinNames, readNames } from './name-list.js';
import { forAMinute, type PublishedObject, type PublishLayout } from './publication.js';
import { collectPublished, type ImageChoice } from './published-images.js';
import { jsonBytes, smallObject } from './small-object.js';
import { listStage, v2Objects, v2Tags } from './v2-objects.js';
import { staticPlaces } from './v2-places.js';

/** Key of the list of repositories. */
export const catalogKey = 'v2/_catalog';

/** Keys that answer `GET /v2/`: by the API of a bucket, and by a server of files. */
const rootKeys = ['v2/', 'v2/index.html'];

/**
 * Makes the layout of a registry without a server: clients pull from a bucket or a server of files. A tag is one object, so it is
 * an index or an image, not both. Lists get what they have already besides.
 * @throws RegistryError `input` for a name that no repository can have
 */
export function staticLayout(images: ImageChoice, name: string): PublishLayout {
  requirePublishedName(name);
  const places = staticPlaces(name);
  return {
    kind: 'static',
    async plan(store) {
      const collected = await collectPublished(images);
      const catalog = await readNames(store, catalogKey, 'repositories');
      // It is written last: where it is, the registry has all else that it needs, and so has each repository in it.
      const isListed = catalog.names.includes(name);
      const tags = isListed ? await readNames(store, places.tagList, 'tags') : { names: [], object: undefined };
      const published = [...collected.tags.keys()];
      const lists = [
        listObject(places.tagList, { name, tags: joinNames(tags.names, published) }),
        ...(catalog.object === undefined ? rootKeys.map((key) => listObject(key, {})) : []),
        ...(isListed ? [] : [repositoryList(catalog.names, name)]),
      ];
      const there = [tags.object, catalog.object].filter((object) => object !== undefined);
      return {
        kind: 'static',
        name,
        folder: places.prefix,
        prefix: places.prefix,
        there: new Map<string, StoredObject>(there.map((object) => [object.key, object])),
        objects: [...(await v2Objects(collected, places)), ...lists],
        tags: v2Tags(collected, places),
        redirect: undefined,
        notices: collected.notices,
      };
    },
  };
}

/** Makes the object of a list. */
export function listObject(key: string, value: unknown): PublishedObject {
  const type = { contentType: 'application/json', cacheControl: forAMinute, isAddressed: false };
  return smallObject({ key, stage: listStage, ...type }, jsonBytes(value));
}

function repositoryList(known: readonly string[], name: string): PublishedObject {
  return { ...listObject(catalogKey, { repositories: joinNames(known, [name]) }), stage: listStage + 1 };
}

/** @throws RegistryError `input` */
export function requirePublishedName(name: string): void {
  if (isRepository(name)) return;
  throw new RegistryError('input', `${JSON.stringify(name.slice(0, 300))} can't be the name of a repository`, {
    hint: 'use small letters, digits, dots, hyphens and slashes: team/web',
  });
}
