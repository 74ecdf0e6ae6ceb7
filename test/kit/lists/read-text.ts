import { Diagnostics } from '../../../src/diagnostics/diagnostic.js';
import type { ImageList, Pattern, WantedImages } from '../../../src/registry/lists/image-list.js';
import { parseImageList, type ReadListOptions } from '../../../src/registry/lists/read.js';
import { referenceText } from '../../../src/registry/reference.js';

/** Reads a list from a text; its errors as `line:column message (hint)`. */
export async function readText(
  text: string,
  options: ReadListOptions & { readonly file?: string } = {},
): Promise<{ readonly list: ImageList | undefined; readonly errors: string }> {
  const diagnostics = new Diagnostics();
  const list = await parseImageList(options.file ?? 'images.yaml', text, { env: {}, ...options }, diagnostics);
  const errors = diagnostics.all.map(
    ({ place, message, hint }) =>
      `${place === undefined ? '' : `${place.line}:${place.column} `}${message}${hint ? ` (${hint})` : ''}`,
  );
  return { list, errors: errors.join('\n') };
}

/** A list in short: a line an entry, `source -> target` and what else it says. */
export function inShort(list: ImageList | undefined): string {
  return list?.wanted.map(entryInShort).join('\n') ?? 'nothing';
}

function entryInShort({
  source = '',
  repository,
  target,
  targetRegistry,
  tags,
  patterns,
  ...rest
}: WantedImages): string {
  const names = tags.map(({ tag, digest, targetTag }) => {
    const text = referenceText({ registry: '', repository: '', tag, digest })
      .slice(1)
      .replace(/([0-9a-f]{6})[0-9a-f]{58}/, '$1…');
    return targetTag === undefined ? text : `${text}=>${targetTag}`;
  });
  const from =
    typeof repository === 'string' ? repository : `[${repository.allow.map(word)} not ${repository.deny.map(word)}]`;
  const chosen =
    patterns === undefined
      ? []
      : [
          `allow ${patterns.allow.map(word)} deny ${patterns.deny.map(word)} semver ${patterns.semver ?? '-'} latest ${patterns.latest ?? '-'}`,
        ];
  const to = targetRegistry === undefined ? target : `${targetRegistry}/${target}`;
  const more = [rest.platforms?.join(), rest.attachments && `attachments ${rest.attachments}`].filter(Boolean);
  return [`${rest.place?.line ?? '?'}: ${source}/${from} -> ${to}`, ...names, ...chosen, ...more].join(' | ');
}

function word(pattern: Pattern): string {
  return pattern.kind === 'glob' ? pattern.glob : `/${pattern.source}/${pattern.search ? 'search' : ''}`;
}
