import { readdirSync } from 'node:fs';
import { z } from 'zod';
import type { Diagnostics, Place } from '../../diagnostics/diagnostic.js';
import { reasonOf } from '../../diagnostics/reason.js';
import { checkShape } from '../../diagnostics/shapes/check-shape.js';
import { describe } from '../../diagnostics/shapes/value-words.js';
import type { YamlPath, YamlSource } from '../../diagnostics/yaml/yaml-file.js';
import { trustFromFolder } from '../auth/trust-folders.js';
import type { RegistryCredentials, RegistryTrust } from '../client/registry.js';
import { isDigest } from '../digest.js';
import { isRegistryHost, isTag } from '../names.js';
import { canonicalHost } from '../reference.js';
import { RegistryError } from '../registry-error.js';
import { everyTag, plainEntry, readImageName } from './entry-fields.js';
import type { ImageList, TagPatterns, WantedImages, WantedTag } from './image-list.js';
import { regexPattern } from './pattern.js';
import { semverRange } from './select-tags.js';
import { textAt } from './yaml-text.js';

const tags = z.array(z.union([z.string(), z.number()])).nullable();

const schema = z.record(
  z.string(),
  z.strictObject({
    images: z.record(z.string(), tags).nullish(),
    'images-by-tag-regex': z.record(z.string(), z.string()).nullish(),
    'images-by-semver': z.record(z.string(), z.string()).nullish(),
    credentials: z.strictObject({ username: z.string(), password: z.string() }).optional(),
    'tls-verify': z.boolean().optional(),
    'cert-dir': z.string().optional(),
  }),
);

/**
 * Reads the YAML of `skopeo sync --src yaml`. Images keep their path, as `--scoped` would keep it but for the source's
 * name before it; skopeo's own default leaves only the last part, so that a/app and b/app overwrite each other.
 */
export function readSkopeoSync(source: YamlSource, diagnostics: Diagnostics): ImageList | undefined {
  const registries = checkShape(schema, source.value, source, [], diagnostics);
  if (registries === undefined) return undefined;
  const trust = new Map<string, Partial<RegistryTrust>>();
  const credentials = new Map<string, RegistryCredentials>();
  const notices: string[] = [];
  const wanted = Object.entries(registries).flatMap(([key, registry]) => {
    if (!isRegistryHost(key)) {
      const place = source.placeOf([key], 'key');
      diagnostics.add({ code: 'image', message: `${JSON.stringify(key)} is not host or host:port`, place });
      return [];
    }
    const host = canonicalHost(key);
    const directory = registry['cert-dir'];
    const verify = registry['tls-verify'];
    if (directory !== undefined || verify !== undefined) {
      const place = source.placeOf([key, 'cert-dir']);
      const pem = directory === undefined ? {} : readCertificates(directory, place, diagnostics);
      trust.set(host, { ...pem, ...(verify === undefined ? {} : { verify }) });
    }
    if (verify === false)
      notices.push(
        `${host}: "tls-verify: false" takes any certificate; plain http is used only where http:// is written`,
      );
    if (registry.credentials !== undefined) credentials.set(host, registry.credentials);
    return wantedOf(key, registry, source, diagnostics);
  });
  if (wanted.some(({ repository }) => String(repository).includes('/')))
    notices.push('images keep their path: os/app stays os/app (skopeo sync writes it to app without --scoped)');
  return { wanted, trust, credentials, notices };
}

type RegistryEntry = z.output<typeof schema>[string];

function wantedOf(host: string, registry: RegistryEntry, source: YamlSource, diagnostics: Diagnostics): WantedImages[] {
  const wrong = (path: YamlPath, message: string, part: 'key' | 'value' = 'value') => {
    diagnostics.add({ code: 'image', message, place: source.placeOf([host, ...path], part) });
    return [];
  };
  const entry = (path: YamlPath, choice: Partial<WantedImages>): WantedImages[] => {
    const image = readImageName(String(path.at(-1)), host, []);
    if ('error' in image) return wrong(path, `${JSON.stringify(path.at(-1))} is ${image.error}`, 'key');
    if (image.tag !== undefined || image.digest !== undefined)
      return wrong(
        path,
        `${JSON.stringify(path.at(-1))}: tags are written in a list: {${image.repository}: [${image.tag}]}`,
        'key',
      );
    const place = source.placeOf([host, ...path], 'key');
    return [{ ...plainEntry(image.repository, image.registry), ...choice, place }];
  };
  const byPattern = (path: YamlPath, patterns: Partial<TagPatterns>) =>
    entry(path, { patterns: { ...everyTag, ...patterns } });
  return [
    ...Object.entries(registry.images ?? {}).flatMap(([repository, list]) => {
      const path = ['images', repository];
      if (list === null || list.length === 0) return byPattern(path, {});
      const tags = list.flatMap((value, index): WantedTag[] => {
        const text = textAt(source, [host, ...path, index], value) ?? '';
        if (isDigest(text)) return [{ tag: undefined, digest: text, targetTag: undefined }];
        if (isTag(text)) return [{ tag: text, digest: undefined, targetTag: undefined }];
        return wrong([...path, index], `${describe(text)} is neither a tag nor a digest`);
      });
      return entry(path, { tags });
    }),
    ...Object.entries(registry['images-by-tag-regex'] ?? {}).flatMap(([repository, text]) => {
      const path = ['images-by-tag-regex', repository];
      const pattern = regexPattern(text, true);
      return 'error' in pattern ? wrong(path, pattern.error) : byPattern(path, { allow: [pattern] });
    }),
    ...Object.entries(registry['images-by-semver'] ?? {}).flatMap(([repository, text]) => {
      const path = ['images-by-semver', repository];
      const range = semverRange(text);
      return range === undefined
        ? wrong(path, `${describe(text)} is not a range of versions, as ">=1.2 <2"`)
        : byPattern(path, { semver: range });
    }),
  ];
}

/** Reads a folder of certificates that a list names, as docker and podman have them: `*.crt` authorities, `X.cert` and `X.key` of a client. */
export function readCertificates(folder: string, place: Place, diagnostics: Diagnostics): Partial<RegistryTrust> {
  try {
    return trustFromFolder(folder, readdirSync(folder).sort());
  } catch (error) {
    const message = error instanceof RegistryError ? error.message : `cannot read ${folder}: ${reasonOf(error)}`;
    diagnostics.add({ code: 'unreadable-file', message, place });
    return {};
  }
}
