import { z } from 'zod';
import type { Diagnostics } from '../../../diagnostics/diagnostic.js';
import type { YamlPath, YamlSource } from '../../../diagnostics/yaml/yaml-file.js';
import { count } from '../../../text/count.js';
import type { WantedImages } from '../image-list.js';
import type { Substitutions, TemplateText } from './render-template.js';
import { substitutionsAt, writtenSubstitutions } from './tripleo-folder.js';
import { readTemplateList } from './uploads.js';

const expressions = z.array(z.string()).nullish();

/** Shape of an entry of `ContainerImagePrepare`. */
export const prepareEntry = z.strictObject({
  set: writtenSubstitutions.nullish(),
  push_destination: z.union([z.string(), z.boolean()]).nullish(),
  pull_source: z.string().nullish(),
  tag_from_label: z.string().nullish(),
  excludes: expressions,
  includes: expressions,
  multi_arch: z.boolean().nullish(),
  modify_role: z.unknown().optional(),
  modify_vars: z.unknown().optional(),
  modify_append_tag: z.unknown().optional(),
  modify_only_with_labels: z.unknown().optional(),
  modify_only_with_source: z.unknown().optional(),
});

/** Reads the images that an entry of `ContainerImagePrepare` makes of the template. */
export function readPrepareEntry(
  entry: z.output<typeof prepareEntry>,
  path: YamlPath,
  template: TemplateText,
  registry: string | null | undefined,
  { release, set: stronger, driver }: GivenSubstitutions,
  source: YamlSource,
  notices: string[],
  diagnostics: Diagnostics,
): WantedImages[] {
  const { push_destination: push, tag_from_label: label } = entry;
  const own = substitutionsAt(source, [...path, 'set'], entry.set);
  const set: Substitutions = {
    ...own,
    ...(own.neutron_driver || driver === undefined ? {} : { neutron_driver: driver }),
    ...stronger,
  };
  const isLookedUp = label != null && set.tag == null;
  if (label != null && !isLookedUp)
    notices.push(
      `tag_from_label: ${label} is not looked up: the tag is ${set.tag}, as set says; without a tag there, it is looked up`,
    );
  const pushDestination = typeof push === 'string' ? push : push === true && registry ? `${registry}:8787` : undefined;
  const { pull_source, excludes, includes } = entry;
  const options = { set, defaults: release, pushDestination, pullSource: pull_source ?? undefined };
  const filters = { excludes: excludes ?? [], includes: includes ?? [] };
  const list = readTemplateList(template, { ...options, ...filters }, diagnostics);
  const wanted = (list?.wanted ?? []).map((each) => ({ ...each, place: source.placeOf(path) }));
  if (!isLookedUp) return wanted;
  notices.push(
    `tag_from_label: ${label}: the tags of ${count(wanted.length, 'image')} are looked up at the source, with two or three requests each`,
  );
  return wanted.map((each) => ({
    ...each,
    tags: each.tags.map((tag) => (tag.digest === undefined ? { ...tag, tagFromLabel: label } : tag)),
  }));
}

/** Substitutions of the release, those that are stronger than the file's, and the driver that the overcloud has. */
export interface GivenSubstitutions {
  readonly release: Substitutions | undefined;
  readonly set: Substitutions;
  readonly driver: string | undefined;
}

/** Returns the driver of Neutron whose images are prepared, of the mechanisms that the overcloud is told to have. */
export function driverOf(mechanisms: string | readonly string[] | null | undefined): string | undefined {
  if (mechanisms == null) return undefined;
  const all = [mechanisms].flat().flatMap((each) => each.split(','));
  if (all.includes('ovn')) return 'ovn';
  return all.includes('opendaylight_v2') ? 'odl' : 'other';
}
