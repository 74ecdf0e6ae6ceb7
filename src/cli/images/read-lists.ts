import { existsSync } from 'node:fs';
import type { Diagnostics } from '../../diagnostics/diagnostic.js';
import { entryFromText } from '../../registry/lists/entry-fields.js';
import type { ImageList } from '../../registry/lists/image-list.js';
import { isRepository } from '../../registry/names.js';

/** Lists that a command is given, and what they are worked out with. */
export interface ListRequest {
  readonly lists: readonly string[];
  readonly platform: readonly string[];
  /** `NAME=VALUE`, for a template of TripleO's. */
  readonly set: readonly string[];
  /** Template that an environment file of TripleO's is worked out with. */
  readonly template: string | undefined;
}

/** Reads the lists that arguments name: a file is a list, `name:tag` a list of one image. Errors are collected. */
export async function readLists(request: ListRequest, diagnostics: Diagnostics): Promise<ImageList> {
  const { readImageList } = await import('../../registry/lists/read.js');
  const options = {
    prepare: { set: substitutions(request.set, diagnostics) },
    ...(request.template === undefined ? {} : { tripleoTemplate: request.template }),
  };
  const lists = request.lists.map((argument) => {
    if (existsSync(argument)) return readImageList(argument, options, diagnostics);
    if (looksLikeImage(argument)) return listOfOne(argument, diagnostics);
    const hint = 'write an image with its tag: NAME:TAG';
    diagnostics.add({
      code: 'image-list',
      message: `cannot read ${argument}: no such file or directory`,
      ...(isRepository(argument) ? { hint } : {}),
    });
    return undefined;
  });
  const read = lists.flatMap((list) => (list === undefined ? [] : [list]));
  const option = request.template === undefined ? '--set' : '--template';
  const isUsed = lists.some((list) => list === undefined || list.takesSubstitutions === true);
  if (!isUsed && (request.template !== undefined || request.set.length > 0)) {
    const message = `${option} means nothing to these lists: none of them is a template of TripleO's, or has ContainerImagePrepare`;
    diagnostics.add({ code: 'image-list', message, hint: 'leave it out, or name such a list' });
  }
  const platforms = request.platform.length === 0 ? undefined : request.platform;
  return {
    wanted: read
      .flatMap(({ wanted }) => wanted)
      .map((entry) => ({ ...entry, platforms: entry.platforms ?? platforms })),
    trust: new Map(read.flatMap(({ trust }) => [...trust])),
    credentials: new Map(read.flatMap(({ credentials }) => [...credentials])),
    limits: Object.assign({}, ...read.map(({ limits }) => limits ?? {})),
    notices: read.flatMap(({ notices }) => notices),
  };
}

/** Reads `NAME=VALUE`; true and false are what they say, as in a file. */
function substitutions(texts: readonly string[], diagnostics: Diagnostics): Record<string, string | boolean> {
  return Object.fromEntries(
    texts.flatMap((text): [string, string | boolean][] => {
      const [, name, value = ''] = /^([A-Za-z_]\w*)=(.*)$/s.exec(text) ?? [];
      if (name !== undefined) return [[name, value === 'true' || value === 'false' ? value === 'true' : value]];
      diagnostics.add({ code: 'wrong-value', message: `--set ${text}: write NAME=VALUE` });
      return [];
    }),
  );
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
