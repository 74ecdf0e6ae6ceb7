import { z } from 'zod';
import { entryFromFields, entryFromText } from './entry-fields.js';
import { fieldsWith, quotedTag, writtenTag } from './entry-schema.js';
import type { WantedImages } from './image-list.js';

const entryWith = (tag: typeof writtenTag | typeof quotedTag) =>
  z.union([
    z.string().transform((text, context): WantedImages => {
      const entry = entryFromText(text);
      if (!('error' in entry)) return entry;
      context.addIssue({ code: 'custom', message: entry.error });
      return z.NEVER;
    }),
    fieldsWith(tag).transform((written, context): WantedImages => {
      const entry = entryFromFields(written);
      if (!('error' in entry)) return entry;
      context.addIssue({ code: 'custom', message: entry.error, path: [...entry.at] });
      return z.NEVER;
    }),
  ]);

/**
 * An image, or images, of a list: `name:tag`, `name@sha256:…`, `name:tag@sha256:…`, or a map. Variables of roles take
 * the same entries as files do, but no tags without quotes that YAML reads as numbers.
 */
export const imageEntry = entryWith(quotedTag);

/** {@link imageEntry} of a file, where numbers were checked as they are written there. */
export const writtenEntry = entryWith(writtenTag);
