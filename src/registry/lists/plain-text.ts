import type { Diagnostics, Place } from '../../diagnostics/diagnostic.js';
import { type EntryError, entryFromFields, entryFromText, readImageName } from './entry-fields.js';
import type { WantedImages } from './image-list.js';

/**
 * Reads a text of one image a line, with comments after `#`; `SOURCE=TARGET`, as `oc image mirror` takes it, says where
 * it goes.
 */
export function readPlainText(file: string, text: string, diagnostics: Diagnostics): WantedImages[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    const written = line.replace(/(?:^|\s)#.*$/s, '').trimEnd();
    const image = written.trimStart();
    if (image === '') return [];
    const place: Place = { file, line: index + 1, column: written.length - image.length + 1, length: image.length };
    const entry = image.includes('=') ? readMirrored(image) : entryFromText(image);
    if (!('error' in entry)) return [{ ...entry, place }];
    const hint = /\s/.test(image) ? 'one image a line' : undefined;
    diagnostics.add({ code: 'image', message: `${JSON.stringify(image)} is ${entry.error}`, place, hint });
    return [];
  });
}

function readMirrored(text: string): WantedImages | EntryError {
  const [from = '', to = '', ...more] = text.split('=');
  if (more.length > 0) return { error: 'not SOURCE=TARGET: it has two "="', at: [] };
  const source = readImageName(from, undefined, []);
  if ('error' in source) return { ...source, error: `not SOURCE=TARGET: the source is no image: ${source.reason}` };
  const single = source.tag === undefined && source.digest === undefined ? { tag: 'latest' } : {};
  const entry = entryFromFields({ name: from, target: to, ...single });
  if (!('error' in entry)) return entry;
  const why = entry.reason === undefined ? entry.error : `the target is no repository: ${entry.reason}`;
  return { ...entry, error: `not SOURCE=TARGET: ${why}` };
}
