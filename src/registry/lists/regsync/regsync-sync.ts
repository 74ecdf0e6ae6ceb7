import type { Diagnostics } from '../../../diagnostics/diagnostic.js';
import { wordPath } from '../../../diagnostics/shapes/value-words.js';
import type { YamlPath, YamlSource } from '../../../diagnostics/yaml/yaml-file.js';
import { isRegistryHost, isRepository } from '../../names.js';
import { canonicalHost, type Reference } from '../../reference.js';
import { plainEntry, readImageName } from '../entry-fields.js';
import type { Pattern, TagPatterns, WantedImages } from '../image-list.js';
import { regexPattern } from '../pattern.js';
import { platformError } from '../platforms.js';
import { semverRange } from '../select-tags.js';
import type { RegsyncFile } from './regsync-shape.js';

type Sync = RegsyncFile['sync'][number];

/** Reads an entry of regsync's `sync`: one image, a repository's tags, or a registry's repositories. */
export function wantedOfSync(sync: Sync, path: YamlPath, source: YamlSource, diagnostics: Diagnostics): WantedImages[] {
  const before = diagnostics.all.length;
  const wrong = (at: YamlPath, message: string, hint?: string): undefined => {
    const full = [...path, ...at];
    diagnostics.add({ code: 'image', message: `${wordPath(full)}: ${message}`, place: source.placeOf(full), hint });
    return undefined;
  };
  const patternsIn = (at: YamlPath, texts: readonly string[] | undefined): Pattern[] =>
    (texts ?? []).flatMap((text, index) => {
      const pattern = regexPattern(text);
      if (!('error' in pattern)) return [pattern];
      wrong([...at, index], pattern.error);
      return [];
    });
  const tagsIn = (at: YamlPath, tags: Sync['tags']): TagPatterns => {
    const ranges = (tags?.semverRange ?? []).map((text, index) => ({ range: semverRange(text), index }));
    for (const { range, index } of ranges)
      if (range === undefined) wrong([...at, 'semverRange', index], 'this is no range of versions, as ">=1.2 <2"');
    return {
      allow: patternsIn([...at, 'allow'], tags?.allow),
      deny: patternsIn([...at, 'deny'], tags?.deny),
      semver: ranges.length === 0 ? undefined : ranges.map(({ range }) => range).join(' || '),
      latest: undefined,
    };
  };
  const imageOf = (key: 'source' | 'target'): Reference | undefined => {
    if (/^oci(dir|file):\/\//.test(sync[key]))
      return wrong(
        [key],
        'a folder of images is no registry',
        'name it beside the list, where images come from or go to',
      );
    const image = readImageName(sync[key], 'docker.io', []);
    return 'error' in image ? wrong([key], image.error) : image;
  };
  const platforms = sync.platforms ?? (sync.platform === undefined ? undefined : [sync.platform]);
  for (const [index, platform] of (platforms ?? []).entries()) {
    const error = platformError(platform);
    if (error !== undefined) wrong(sync.platforms === undefined ? ['platform'] : ['platforms', index], error);
  }
  const common = { platforms, attachments: attachmentsOf(sync), place: source.placeOf(path) };
  const sets = sync.tagSets?.map((set, index) => tagsIn(['tagSets', index], set)) ?? [];
  const patterns = sync.tags === undefined && sets.length > 0 ? sets : [tagsIn(['tags'], sync.tags), ...sets];
  const result = wantedBy(sync, common, patterns, imageOf, wrong, () => ({
    allow: patternsIn(['repos', 'allow'], sync.repos?.allow),
    deny: patternsIn(['repos', 'deny'], sync.repos?.deny),
  }));
  return diagnostics.all.length > before ? [] : result;
}

function wantedBy(
  sync: Sync,
  common: Partial<WantedImages>,
  patterns: readonly TagPatterns[],
  imageOf: (key: 'source' | 'target') => Reference | undefined,
  wrong: (at: YamlPath, message: string, hint?: string) => undefined,
  repositories: () => Exclude<WantedImages['repository'], string>,
): WantedImages[] {
  if (sync.type === 'registry') {
    if (!isRegistryHost(sync.source)) wrong(['source'], 'of type registry it is host or host:port');
    const [host = '', ...rest] = sync.target.split('/');
    const prefix = rest.join('/');
    if (!isRegistryHost(host) || (prefix !== '' && !isRepository(prefix)))
      wrong(['target'], 'of type registry it is host or host:port, and a path or none');
    const target = [...rest, '{repository}'].join('/');
    const entry = {
      ...plainEntry(repositories(), canonicalHost(sync.source)),
      ...common,
      target,
      targetRegistry: canonicalHost(host),
    };
    return patterns.map((each) => ({ ...entry, patterns: each }));
  }
  const [from, to] = [imageOf('source'), imageOf('target')];
  if (from === undefined || to === undefined) return [];
  const entry = {
    ...plainEntry(from.repository, from.registry),
    ...common,
    target: to.repository,
    isTargetGiven: true as const,
    targetRegistry: to.registry,
  };
  if (sync.type === 'repository') return patterns.map((each) => ({ ...entry, patterns: each }));
  const tag = from.tag ?? (from.digest === undefined ? 'latest' : undefined);
  return [{ ...entry, tags: [{ tag, digest: from.digest, targetTag: to.tag ?? 'latest' }] }];
}

/** With `fastCheck` regsync takes an image whose digest is the same for done. */
function attachmentsOf({ referrers, digestTags, fastCheck }: Sync): WantedImages['attachments'] {
  const copied = fastCheck === true ? 'once' : 'all';
  if (referrers === undefined && digestTags === undefined) return fastCheck === true ? copied : undefined;
  return referrers === true || digestTags === true ? copied : 'none';
}
