import { digestOf, hexOf } from '../../src/registry/digest.js';
import { json } from '../registry/archives/make-image.js';
import type { MadeEntry } from '../registry/archives/make-tar.js';

/** Makes the id of an image of v1 from a word. */
export function v1Id(word: string): string {
  return hexOf(digestOf(Buffer.from(word)));
}

/** Image of an export of Pulp 2: its layers by words, the lowest first. */
export interface ExportedImage {
  readonly tag: string;
  readonly layers: readonly { readonly word: string; readonly layer: Buffer }[];
}

/** Makes the entries of an export of Pulp 2, with its root's empty name, the topmost image first. */
export function pulpExport(name: string, images: readonly ExportedImage[], file = 'layer-test.json'): MadeEntry[] {
  const written = new Map<string, MadeEntry[]>();
  for (const { layers } of images) {
    for (const [at, { layer }] of [...layers.entries()].toReversed()) {
      const ids = layers.slice(0, at + 1).map((each) => v1Id(each.word));
      const [id = '', parent] = ids.toReversed();
      const described = { id, ...(parent === undefined ? {} : { parent }), created: '2014-10-08T00:00:00Z' };
      written.set(id, [
        { name: `web/${id}/`, type: '5' },
        { name: `web/${id}/ancestry`, content: json(ids.toReversed()) },
        { name: `web/${id}/json`, content: json(described) },
        { name: `web/${id}/layer`, content: layer },
      ]);
    }
  }
  const redirect = {
    type: 'pulp-docker-redirect',
    version: 1,
    repository: name,
    'repo-registry-id': name,
    url: 'http://pulp.example.com/',
    protected: false,
    images: [...written.keys()].map((id) => ({ id })),
    tags: Object.fromEntries(images.map(({ tag, layers }) => [tag, v1Id(layers.at(-1)?.word ?? '')])),
  };
  return [
    { name: '', type: '5' },
    { name: file, content: json(redirect) },
    { name: 'web/', type: '5' },
    ...[...written.values()].flat(),
  ];
}
