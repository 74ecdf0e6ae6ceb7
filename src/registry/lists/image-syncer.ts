import { z } from 'zod';
import type { Diagnostics } from '../../diagnostics/diagnostic.js';
import { checkShape } from '../../diagnostics/shapes/check-shape.js';
import type { YamlPath, YamlSource } from '../../diagnostics/yaml/yaml-file.js';
import type { RegistryCredentials, RegistryTrust } from '../client/registry.js';
import { canonicalHost } from '../reference.js';
import { type EntryError, entryFromFields, readImageName } from './entry-fields.js';
import type { EntryFields } from './entry-schema.js';
import type { ImageList, Pattern, WantedImages } from './image-list.js';
import { regexPattern } from './pattern.js';

const rulesShape = z.record(z.string(), z.union([z.string(), z.array(z.string())]));

const account = z.strictObject({
  username: z.string().optional(),
  password: z.string().optional(),
  insecure: z.boolean().optional(),
});

const configShape = z.strictObject({
  auth: z.record(z.string(), account).optional(),
  images: z.unknown(),
});

/** Longest source that is read, in characters: a name of 255 after its host, and a pattern or some tags. */
const longestSource = 2000;

/**
 * Reads the images file of image-syncer, JSON or YAML: `SOURCE: TARGET`, or several targets in a list. A source without
 * a tag is all its tags; `:a,b` are two, `:/…/` those that an expression is found in. One without a registry is Docker
 * Hub's. Tags of a target are those of the source's, one for each.
 */
export function readImageSyncer(source: YamlSource, path: YamlPath, diagnostics: Diagnostics): WantedImages[] {
  const value = path.length === 0 ? source.value : Reflect.get(Object(source.value), path[0] ?? '');
  const rules = checkShape(rulesShape, value, source, path, diagnostics) ?? {};
  return Object.entries(rules).flatMap(([from, targets]) =>
    [targets].flat().flatMap((target, index): WantedImages[] => {
      const place = source.placeOf([...path, ...(Array.isArray(targets) ? [from, index] : [from])]);
      const entry = entryOf(from, target);
      if (!('error' in entry)) return [{ ...entry, place }];
      const message = `${JSON.stringify(`${from}: ${target}`)} is no rule: ${entry.error}`;
      diagnostics.add({ code: 'image', message, place });
      return [];
    }),
  );
}

/** Value of an account that image-syncer takes from its environment; here whoever wrote the list could have any sent away. */
const isVariable = /^\$(?:\{\w+\}|\w+)$/;

/** Reads image-syncer's older file, which has its rules under `images` and accounts under `auth`. */
export function readImageSyncerConfig(
  source: YamlSource,
  diagnostics: Diagnostics,
): Pick<ImageList, 'wanted' | 'credentials' | 'trust'> {
  const { auth = {} } = checkShape(configShape, source.value, source, [], diagnostics) ?? {};
  const credentials = new Map<string, RegistryCredentials>();
  const trust = new Map<string, Partial<RegistryTrust>>();
  for (const [key, { username, password, insecure }] of Object.entries(auth)) {
    for (const [name, text] of Object.entries({ username, password })) {
      if (text === undefined || !isVariable.test(text)) continue;
      const message = `${text}: variables of the environment are not read for a list of image-syncer`;
      const hint = 'write the account itself, or leave it out and use `provision registry login`';
      diagnostics.add({ code: 'wrong-value', message, place: source.placeOf(['auth', key, name]), hint });
    }
    const host = canonicalHost(key.split('/', 1)[0] ?? '');
    if (insecure === true) trust.set(host, { scheme: 'http' });
    if (username === undefined || password === undefined) continue;
    credentials.set(key.replace(/^[^/]*/, host), { username, password });
  }
  return { wanted: readImageSyncer(source, ['images'], diagnostics), credentials, trust };
}

function entryOf(from: string, target: string): WantedImages | EntryError {
  if (from.length > longestSource) return { error: `a source has at most ${longestSource} characters`, at: [] };
  if (from.includes('@')) return entryAtHub({ name: from, target: withoutSameDigest(from, target) });
  const [, name = from, expression, list] = /^(.+?):(?:\/(.+)\/|([\w.,-]+))$/.exec(from) ?? [];
  const tags = list?.split(',') ?? [];
  if (tags.length > 0) return entryOfTags(name, tags, target);
  const pattern: Pattern | { error: string } =
    expression === undefined ? { kind: 'glob', glob: '*' } : regexPattern(expression, true);
  return 'error' in pattern ? { ...pattern, at: [] } : entryAtHub({ name, include: [pattern], target });
}

function entryOfTags(name: string, tags: string[], target: string): WantedImages | EntryError {
  const [, place = target, list] = /^(.+):([\w.,-]+)$/.exec(target) ?? [];
  const named = list?.split(',') ?? [];
  if (tags.length === 1 || named.length !== tags.length) return entryAtHub({ name, tags, target });
  const entry = entryAtHub({ name, tags, target: place });
  if ('error' in entry) return entry;
  const wrong = named.map((tag) => readImageName(`x:${tag}`, '', [])).find((read) => 'error' in read);
  if (wrong !== undefined && 'error' in wrong) return wrong;
  return { ...entry, tags: entry.tags.map((tag, index) => ({ ...tag, targetTag: named[index] })) };
}

/** Leaves the digest out of a target that has the source's: it has no other. */
function withoutSameDigest(from: string, target: string): string {
  const digest = from.slice(from.indexOf('@'));
  return target.endsWith(digest) ? target.slice(0, -digest.length) : target;
}

/** Makes an entry of a rule: one that names no registry is Docker Hub's. */
function entryAtHub(fields: EntryFields & { readonly name: string }): WantedImages | EntryError {
  const image = readImageName(fields.name, 'docker.io', ['name']);
  return 'error' in image ? image : entryFromFields({ ...fields, source: image.registry });
}
