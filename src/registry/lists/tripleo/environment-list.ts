import { dirname } from 'node:path';
import { z } from 'zod';
import type { Diagnostics } from '../../../diagnostics/diagnostic.js';
import { readOrReport } from '../../../diagnostics/read-or-report.js';
import { checkShape } from '../../../diagnostics/shapes/check-shape.js';
import type { YamlPath, YamlSource } from '../../../diagnostics/yaml/yaml-file.js';
import type { RegistryCredentials } from '../../client/registry.js';
import type { ImageList, WantedImages } from '../image-list.js';
import { textAt } from '../yaml-text.js';
import type { Substitutions, TemplateText } from './render-template.js';
import { readTemplateList, refuseModify, wantedOfUpload } from './uploads.js';

const expressions = z.array(z.string()).nullish();

const prepareEntry = z.strictObject({
  set: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).nullish(),
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

const schema = z.looseObject({
  parameter_defaults: z.looseObject({
    ContainerImagePrepare: z.array(prepareEntry).nullish(),
    ContainerImageRegistryCredentials: z.record(z.string(), z.record(z.string(), z.string())).nullish(),
    LocalContainerRegistry: z.string().nullish(),
    DockerInsecureRegistryAddress: z.array(z.string()).nullish(),
  }),
});

const imageParameter = /^(?:Docker|Container)\w+Image$/;

/**
 * Reads an environment file of TripleO's: the images that `Docker…Image` and `Container…Image` name, and those that
 * `ContainerImagePrepare` makes of the template. Which services are deployed is not known here: images of all are taken.
 */
export function readEnvironmentFile(
  source: YamlSource,
  { tripleoTemplate }: { readonly tripleoTemplate?: string },
  diagnostics: Diagnostics,
): Partial<ImageList> & Pick<ImageList, 'wanted'> {
  const defaults = checkShape(schema, source.value, source, [], diagnostics)?.parameter_defaults;
  if (defaults === undefined) return { wanted: [] };
  const prepare = defaults.ContainerImagePrepare ?? [];
  const template = prepare.length === 0 ? undefined : readTemplate(tripleoTemplate, source, diagnostics);
  const notices: string[] = (defaults.DockerInsecureRegistryAddress ?? []).map(
    (host) => `${host} is insecure, says the file: say beside it whether that is plain http or an unknown certificate`,
  );
  const registry = defaults.LocalContainerRegistry;
  const prepared = prepare.flatMap((entry, index) => {
    const path = ['parameter_defaults', 'ContainerImagePrepare', index];
    refuseModify(entry, source, path, diagnostics);
    return template === undefined ? [] : readPrepared(entry, path, template, registry, source, notices, diagnostics);
  });
  return {
    wanted: [...parametersOf(defaults, source, diagnostics), ...prepared],
    credentials: credentialsOf(defaults.ContainerImageRegistryCredentials ?? {}, source, diagnostics),
    notices,
  };
}

/** Reads the images that parameters name; one that several name is there once. */
function parametersOf(defaults: object, source: YamlSource, diagnostics: Diagnostics): WantedImages[] {
  const names = new Map<string, WantedImages>();
  for (const [key, value] of Object.entries(defaults)) {
    if (!imageParameter.test(key) || names.has(String(value))) continue;
    const place = source.placeOf(['parameter_defaults', key]);
    const entry = wantedOfUpload({ imagename: String(value) });
    if ('error' in entry) diagnostics.add({ code: 'image', message: `${key}: ${entry.error}`, place });
    else names.set(String(value), { ...entry, place });
  }
  return [...names.values()];
}

function readPrepared(
  entry: z.output<typeof prepareEntry>,
  path: YamlPath,
  template: TemplateText,
  registry: string | null | undefined,
  source: YamlSource,
  notices: string[],
  diagnostics: Diagnostics,
): WantedImages[] {
  const { push_destination: push, tag_from_label: label } = entry;
  const set: Substitutions = Object.fromEntries(
    Object.entries(entry.set ?? {}).map(([key, value]) => [
      key,
      typeof value === 'boolean' ? value : (textAt(source, [...path, 'set', key], value) ?? null),
    ]),
  );
  if (label != null && set.tag == null) {
    const message = `tag_from_label: ${label}: tags are not looked up by a label here`;
    const place = source.placeOf([...path, 'tag_from_label']);
    diagnostics.add({ code: 'image-list', message, place, hint: 'say the tag: set: {tag: …}' });
  } else if (label != null)
    notices.push(`tag_from_label: ${label} is not looked up: the tag is ${set.tag}, as set says`);
  const pushDestination = typeof push === 'string' ? push : push === true && registry ? `${registry}:8787` : undefined;
  const { pull_source, excludes, includes } = entry;
  const options = { set, pushDestination, pullSource: pull_source ?? undefined };
  const filters = { excludes: excludes ?? [], includes: includes ?? [] };
  const list = readTemplateList(template, { ...options, ...filters }, diagnostics);
  return (list?.wanted ?? []).map((each) => ({ ...each, place: source.placeOf(path) }));
}

function readTemplate(
  file: string | undefined,
  source: YamlSource,
  diagnostics: Diagnostics,
): TemplateText | undefined {
  const place = source.placeOf(['parameter_defaults', 'ContainerImagePrepare'], 'key');
  if (file === undefined) {
    const message = "ContainerImagePrepare is worked out with TripleO's template of images, and none is given";
    const hint =
      'it is overcloud_containers.yaml.j2, in /usr/share/openstack-tripleo-common/container-images on an undercloud';
    diagnostics.add({ code: 'image-list', message, place, hint });
    return undefined;
  }
  const text = readOrReport(file, diagnostics);
  return text === undefined ? undefined : { file, text, folder: dirname(file) };
}

function credentialsOf(
  given: Readonly<Record<string, Readonly<Record<string, string>>>>,
  source: YamlSource,
  diagnostics: Diagnostics,
): Map<string, RegistryCredentials> {
  const credentials = new Map<string, RegistryCredentials>();
  for (const [host, users] of Object.entries(given)) {
    const [account, ...more] = Object.entries(users);
    if (account !== undefined && more.length === 0) {
      credentials.set(host, { username: account[0], password: account[1] });
      continue;
    }
    const place = source.placeOf(['parameter_defaults', 'ContainerImageRegistryCredentials', host], 'key');
    diagnostics.add({
      code: 'wrong-value',
      message: `${host}: a registry has one user here, found ${more.length + (account === undefined ? 0 : 1)}`,
      place,
    });
  }
  return credentials;
}
