import { stringify } from 'yaml';
import type { PreparedImages } from './prepare-images.js';

/** Writes the images file of prepare (`--output-images-file`), which upload takes: images in the template's order. */
export function imagesFileText(images: PreparedImages['images']): string {
  return stringify({ container_images: images.map(sortKeys) }, layout);
}

/**
 * Writes the environment file of prepare (`--output-env-file`): parameters by name, under a comment with the command.
 */
export function environmentFileText(parameters: PreparedImages['parameters'], command: string, at: Date): string {
  const when = at.toISOString().replace(/Z$/, '');
  const comment = ['Generated with the following on ', '', '  ', ''].map((text, line) =>
    `# ${text}${line === 0 ? when : line === 2 ? command : ''}`.trimEnd(),
  );
  return `${comment.join('\n')}\n\n${stringify({ parameter_defaults: sortKeys(parameters) }, layout)}`;
}

const layout = { indentSeq: false, lineWidth: 0 };

function sortKeys(map: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
}
