import type { Diagnostics } from '../../../diagnostics/diagnostic.js';
import type { WantedImages } from '../image-list.js';
import { type PrepareOptions, prepareImages } from './prepare-images.js';
import type { TemplateText } from './render-template.js';
import { wantedOfUpload } from './wanted-upload.js';

/** The images that TripleO's template makes with its defaults, and what the options say. */
export function readTemplateList(
  template: TemplateText,
  options: PrepareOptions,
  diagnostics: Diagnostics,
): { readonly wanted: WantedImages[] } | undefined {
  const prepared = prepareImages(template, options, diagnostics);
  if (prepared === undefined) return undefined;
  const wanted = prepared.images.flatMap((image) => {
    const entry = wantedOfUpload(image);
    if (!('mistake' in entry)) return [entry];
    diagnostics.add({ code: 'image', message: `${template.file} makes an image of which ${entry.mistake}` });
    return [];
  });
  return { wanted };
}
