import { z } from 'zod';
import type { Diagnostics } from '../../../diagnostics/diagnostic.js';
import { checkShape } from '../../../diagnostics/shapes/check-shape.js';
import type { YamlSource } from '../../../diagnostics/yaml/yaml-file.js';
import type { WantedImages } from '../image-list.js';
import { refuseModify, wantedOfUpload } from './uploads.js';

const upload = z.looseObject({
  imagename: z.string(),
  push_destination: z.union([z.string(), z.boolean()]).nullish(),
  pull_source: z.string().nullish(),
  uploader: z.enum(['docker', 'skopeo', 'python']).nullish(),
});

/** An entry of `container_images`, as `openstack overcloud container image upload` takes it. */
export type UploadEntry = z.output<typeof upload>;

const schema = z.looseObject({
  container_images: z.array(z.unknown()).nullish(),
  uploads: z.array(z.unknown()).nullish(),
});

/** Reads a file that `openstack overcloud container image prepare` wrote and `upload` takes. */
export function readImagesFile(source: YamlSource, diagnostics: Diagnostics): WantedImages[] {
  const file = checkShape(schema, source.value, source, [], diagnostics);
  return (['uploads', 'container_images'] as const).flatMap((section) =>
    (file?.[section] ?? []).flatMap((value, index) => {
      const path = [section, index];
      if (typeof value === 'object' && value !== null && !Reflect.get(value, 'imagename')) {
        diagnostics.add({ code: 'missing-key', message: 'imagename is required', place: source.placeOf(path) });
        return [];
      }
      const entry = checkShape(upload, value, source, path, diagnostics);
      if (entry === undefined) return [];
      refuseModify(entry, source, path, diagnostics);
      const place = source.placeOf([...path, 'imagename']);
      const wanted = wantedOfUpload(entry);
      if (!('error' in wanted)) return [{ ...wanted, place }];
      diagnostics.add({ code: 'image', message: wanted.error, place });
      return [];
    }),
  );
}

/**
 * Merges the `container_images` of several files as upload does: one entry an image, whose keys are the first file's,
 * then what later files add; the lists `elements`, `options` and `packages` grow. Where a file has no such section, none
 * of them counts.
 */
export function mergeUploads(sections: readonly (readonly UploadEntry[] | undefined)[]): UploadEntry[] {
  const merged = new Map<string, UploadEntry>();
  for (const section of sections) {
    if (section === undefined) return [];
    for (const entry of section) {
      const known: Record<string, unknown> = merged.get(entry.imagename) ?? {};
      const lists = ['elements', 'options', 'packages'].flatMap((key) => {
        const [before, more] = [known[key], entry[key]];
        return Array.isArray(before) && Array.isArray(more) ? [[key, [...before, ...more]] as const] : [];
      });
      merged.set(entry.imagename, { ...entry, ...known, ...Object.fromEntries(lists) });
    }
  }
  return [...merged.values()];
}
