import { z } from 'zod';
import { defineResource } from '../../model/define-resource.js';
import { editBlock } from '../content/edit-block.js';
import type { EditedText } from '../content/edit-line.js';
import { editedFile } from '../content/edited-file.js';
import { editParams } from '../content/file-params.js';

const params = z
  .strictObject({
    ...editParams,
    block: z.string().default('').describe('Lines between the markers; they end as the lines of the file do'),
    marker: z
      .string()
      .refine((marker) => marker.includes('{mark}') && !/[\r\n]/.test(marker), {
        error: 'must be one line with {mark}, for BEGIN and END',
      })
      .default('# {mark} MANAGED BLOCK')
      .describe('Lines around the block, with {mark} for BEGIN and END; different for each block of a file'),
    state: z.enum(['present', 'absent']).default('present').describe('`absent` removes the block and its markers'),
  })
  .refine(({ block, marker }) => !block.split(/\r?\n/).some((line) => isMarker(line, marker)), {
    error: 'must not hold its own markers',
    path: ['block'],
  });

function isMarker(line: string, marker: string): boolean {
  return line === marker.replace('{mark}', 'BEGIN') || line === marker.replace('{mark}', 'END');
}

type Params = z.output<typeof params>;

/**
 * Lines between markers in a file that belongs to others. The lines between the markers are ours and are updated
 * without force.
 *
 * @example block({ path: '/etc/hosts', block: '192.0.2.10 registry1', marker: '# {mark} registries' })
 */
export const block = defineResource({
  kind: 'block',
  summary: 'Lines of a file, between markers',
  params,
  create: (params) =>
    editedFile('block', params, {
      absent: params.state === 'absent',
      edit: (text) => edit(text, params),
      entries: [entryName(params)],
    }),
});

function edit(text: string, params: Params): EditedText | string {
  const { path, marker, backup } = params;
  const part = editBlock(text, params);
  if (part === undefined) return `: only one of the markers "${marker}" is there`;
  const { effect, ...edited } = part;
  const removal = { kind: 'block', params: { path, marker, state: 'absent', backup }, notifies: true };
  return { ...edited, adds: effect === 'added' ? [{ name: entryName(params), removal }] : [] };
}

function entryName({ marker }: Params): string {
  return `block ${marker}`;
}
