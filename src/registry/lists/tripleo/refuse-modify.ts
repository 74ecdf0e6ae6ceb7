import type { Diagnostics } from '../../../diagnostics/diagnostic.js';
import type { YamlPath, YamlSource } from '../../../diagnostics/yaml/yaml-file.js';

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
