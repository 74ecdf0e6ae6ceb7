import { existsSync } from 'node:fs';
import type { Diagnostics } from '../../diagnostics/diagnostic.js';
import { entryFromText } from '../../registry/lists/entry-fields.js';
import type { ImageList } from '../../registry/lists/image-list.js';

/** What the arguments of a sync want: files are read as lists, `name:tag` is a list of one. Errors are collected. */
export async function wantedOf(
  request: { readonly lists: readonly string[]; readonly platform: readonly string[] },
  diagnostics: Diagnostics,
): Promise<ImageList> {
  const { readImageList } = await import('../../registry/lists/read.js');
  const lists = request.lists.map((argument) =>
    !existsSync(argument) && looksLikeImage(argument)
      ? imageAlone(argument, diagnostics)
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

/** A name with a registry in it brings its own source. */
function imageAlone(argument: string, diagnostics: Diagnostics): ImageList | undefined {
  const entry = entryFromText(argument);
  if ('error' in entry) {
    diagnostics.add({ code: 'image', message: `${JSON.stringify(argument)} is ${entry.error}` });
    return undefined;
  }
  return { wanted: [entry], trust: new Map(), credentials: new Map(), notices: [] };
}
