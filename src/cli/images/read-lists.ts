import { existsSync } from 'node:fs';
import type { Diagnostics } from '../../diagnostics/diagnostic.js';
import { entryFromText } from '../../registry/lists/entry-fields.js';
import type { ImageList } from '../../registry/lists/image-list.js';

/** Reads the lists that arguments name: a file is a list, `name:tag` a list of one image. Errors are collected. */
export async function readLists(
  request: { readonly lists: readonly string[]; readonly platform: readonly string[] },
  diagnostics: Diagnostics,
): Promise<ImageList> {
  const { readImageList } = await import('../../registry/lists/read.js');
  const lists = request.lists.map((argument) =>
    !existsSync(argument) && looksLikeImage(argument)
      ? listOfOne(argument, diagnostics)
      : readImageList(argument, {}, diagnostics),
  );
  const read = lists.flatMap((list) => (list === undefined ? [] : [list]));
  const platforms = request.platform.length === 0 ? undefined : request.platform;
  return {
    wanted: read
      .flatMap(({ wanted }) => wanted)
      .map((entry) => ({ ...entry, platforms: entry.platforms ?? platforms })),
    trust: new Map(read.flatMap(({ trust }) => [...trust])),
    credentials: new Map(read.flatMap(({ credentials }) => [...credentials])),
    notices: read.flatMap(({ notices }) => notices),
  };
}

function looksLikeImage(argument: string): boolean {
  return /[:@]/.test(argument) && !/\.(ya?ml|json|txt)$/.test(argument);
}

/** Makes a list of one image; a registry in its name is its source. */
function listOfOne(argument: string, diagnostics: Diagnostics): ImageList | undefined {
  const entry = entryFromText(argument);
  if ('error' in entry) {
    diagnostics.add({ code: 'image', message: `${JSON.stringify(argument)} is ${entry.error}` });
    return undefined;
  }
  return { wanted: [entry], trust: new Map(), credentials: new Map(), notices: [] };
}
