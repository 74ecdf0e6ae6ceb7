import { dirname } from 'node:path';
import type { Diagnostics } from '../../diagnostics/diagnostic.js';
import { readOrReport } from '../../diagnostics/read-or-report.js';
import { parseYaml } from '../../diagnostics/yaml/yaml-file.js';
import { isRecord } from '../../model/is-record.js';
import type { ImageList } from './image-list.js';
import { readImageSyncer, readImageSyncerConfig } from './image-syncer.js';
import { readOwnList } from './own-list.js';
import { readPlainText } from './plain-text.js';
import { readRegsync } from './regsync/regsync.js';
import { readSkopeoSync } from './skopeo-sync.js';
import { readEnvironmentFile } from './tripleo/environment-list.js';
import { readImagesFile } from './tripleo/images-file.js';
import type { PrepareOptions } from './tripleo/prepare-images.js';
import { readTemplateList } from './tripleo/uploads.js';

/** Options of reading a list. */
export interface ReadListOptions {
  /** Variables that the accounts of a regsync file may ask for. Default: this process's for a file, none for a text. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Folder whose files TripleO's template may include. Default: that of a file, none for a text. */
  readonly folder?: string;
  /**
   * TripleO's template of images, which `ContainerImagePrepare` in an environment file is worked out with; default: that
   * in its folder.
   */
  readonly tripleoTemplate?: string;
  /** Options that the template is filled with; of an environment file's `ContainerImagePrepare`, `set` alone counts. */
  readonly prepare?: PrepareOptions;
}

/**
 * Reads a list of images from a file in any known format: our own, one image a line, skopeo sync's, regsync's, those of
 * TripleO's tools. Errors are collected; undefined when the list can't be read.
 */
export function readImageList(file: string, options: ReadListOptions, diagnostics: Diagnostics): ImageList | undefined {
  const text = readOrReport(file, diagnostics);
  if (text === undefined) return undefined;
  return parseImageList(file, text, { env: process.env, folder: dirname(file), ...options }, diagnostics);
}

/** {@link readImageList} of a text, which may come from anywhere: it reaches no file and no variable that the options don't give. */
export function parseImageList(
  file: string,
  text: string,
  options: ReadListOptions,
  diagnostics: Diagnostics,
): ImageList | undefined {
  const before = diagnostics.all.length;
  const list = read(file, text, options, diagnostics);
  return diagnostics.all.length > before ? undefined : { ...empty, ...list };
}

const empty: ImageList = { wanted: [], trust: new Map(), credentials: new Map(), notices: [] };

type Part = Partial<ImageList> & Pick<ImageList, 'wanted'>;

function read(file: string, text: string, options: ReadListOptions, diagnostics: Diagnostics): Part | undefined {
  if (isPlainText(file, text)) return { wanted: readPlainText(file, text, diagnostics) };
  if (/^container_images_template:/m.test(text)) {
    const template = { file, text, folder: options.folder };
    const list = readTemplateList(template, options.prepare ?? {}, diagnostics);
    return list === undefined ? undefined : { ...list, takesSubstitutions: true };
  }
  const source = parseYaml(file, text, diagnostics);
  if (source === undefined) return undefined;
  if (source.value === null || typeof source.value === 'string')
    return { wanted: readPlainText(file, text, diagnostics) };
  switch (formatOf(source.value)) {
    case 'own':
      return readOwnList(source, diagnostics);
    case 'skopeo sync':
      return readSkopeoSync(source, diagnostics);
    case 'image-syncer':
      return { wanted: readImageSyncer(source, [], diagnostics) };
    case 'image-syncer with accounts':
      return readImageSyncerConfig(source, diagnostics);
    case 'regsync':
      return readRegsync(source, options.env, diagnostics);
    case 'TripleO images file':
      return { wanted: readImagesFile(source, diagnostics) };
    case 'TripleO environment file':
      return readEnvironmentFile(source, { ...options, set: options.prepare?.set }, diagnostics);
    case undefined:
      diagnostics.add({
        code: 'image-list',
        message: 'this is no list of images of a known format',
        place: source.placeOf(keysOf(source.value).slice(0, 1), 'key'),
        hint: 'write a list of name:tag, or images: with one; or give a list of skopeo sync, of regsync, or of TripleO',
      });
      return undefined;
  }
}

/** Lines of one word each, none of which YAML would take for a list or a map. */
function isPlainText(file: string, text: string): boolean {
  if (/\.(txt|lst)$/.test(file)) return true;
  const lines = text.split(/\r?\n/).filter((line) => !/^\s*(?:#.*)?$/s.test(line));
  return (
    lines.length > 0 &&
    lines.every((line) => /^\s*[^\s[\]{}'"-]\S*\s*(?:(?<=\s)#.*)?$/s.test(line) && !/:\s*(#|$)/.test(line))
  );
}

type YamlFormat =
  | 'own'
  | 'image-syncer'
  | 'image-syncer with accounts'
  | 'skopeo sync'
  | 'regsync'
  | 'TripleO images file'
  | 'TripleO environment file';

function formatOf(value: unknown): YamlFormat | undefined {
  if (Array.isArray(value)) return 'own';
  const keys = keysOf(value);
  const has = (...names: string[]) => names.some((name) => keys.includes(name));
  if (isRecord(Reflect.get(Object(value), 'images'))) return 'image-syncer with accounts';
  if (has('images', 'repositories')) return 'own';
  if (has('sync', 'creds')) return 'regsync';
  if (has('container_images', 'uploads')) return 'TripleO images file';
  if (has('parameter_defaults')) return 'TripleO environment file';
  const values: unknown[] = Object.values(Object(value));
  if (values.length > 0 && values.every(isImage)) return 'image-syncer';
  if (!keys.some((key) => /[.:]|^localhost$/.test(key))) return undefined;
  return values.some(isTarget) ? 'image-syncer' : 'skopeo sync';
}

function isTarget(value: unknown): boolean {
  return typeof value === 'string' || Array.isArray(value);
}

/** Returns true for what can only be a target, `registry/repository`, whatever its source is called. */
function isImage(value: unknown): boolean {
  const texts: unknown[] = Array.isArray(value) ? value : [value];
  return (
    texts.length > 0 && texts.every((text) => typeof text === 'string' && /^[^/\s]*[.:][^/\s]*\/[^\s]+$/.test(text))
  );
}

function keysOf(value: unknown): string[] {
  return isRecord(value) ? Object.keys(value) : [];
}
