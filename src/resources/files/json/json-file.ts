import { z } from 'zod';
import { defineResource } from '../../../model/define-resource.js';
import type { EditedText } from '../../content/edit-line.js';
import { editedFile } from '../../content/edited-file.js';
import { editParams } from '../../content/file-params.js';
import { secretContent } from '../../path/path-params.js';
import { JsonError } from './json-text.js';
import { type JsonMerge, mergeJson } from './merge-json.js';

const params = z.strictObject({
  ...editParams,
  create: z.boolean().default(true).describe('Create the file if it does not exist'),
  secret: secretContent,
  merge: z.record(z.string(), z.json()).default({}).describe('Keys that are ours, with their values; objects merge'),
  lists: z
    .enum(['union', 'replace'])
    .default('union')
    .describe('`union` adds missing entries; `replace` sets a list as given'),
  remove: z
    .array(z.union([z.string().min(1), z.array(z.string()).min(1)]))
    .default([])
    .describe('Keys to remove: `log-opts.max-size`, or a list of keys where one has a dot in it'),
});

/**
 * Keys of a JSON file that belongs to others; the rest of it stays as it was written. Keys and list entries that are
 * missing are added. A key that has another value is kept, and the file left as it is, unless forced.
 *
 * @example json_file({ path: '/etc/docker/daemon.json', merge: { 'insecure-registries': ['registry1:5000'] } })
 */
export const json_file = defineResource({
  kind: 'json_file',
  summary: 'Keys of a JSON file',
  params,
  create: (params) => {
    const remove = params.remove.map((way) => (typeof way === 'string' ? way.split('.') : way));
    return editedFile('json_file', params, {
      absent: Object.keys(params.merge).length === 0,
      edit: (text) => mergeKeys(text, { ...params, remove }),
    });
  },
});

function mergeKeys(text: string, merge: JsonMerge): EditedText | string {
  try {
    return mergeJson(text, merge);
  } catch (error) {
    if (error instanceof JsonError) return `:${error.message}`;
    throw error;
  }
}
