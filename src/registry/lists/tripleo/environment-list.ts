import { dirname } from 'node:path';
import { z } from 'zod';
import type { Diagnostics } from '../../../diagnostics/diagnostic.js';
import { readOrReport } from '../../../diagnostics/read-or-report.js';
import { checkShape } from '../../../diagnostics/shapes/check-shape.js';
import type { YamlSource } from '../../../diagnostics/yaml/yaml-file.js';
import type { RegistryCredentials } from '../../client/registry.js';
import type { ImageList, WantedImages } from '../image-list.js';
import { driverOf, prepareEntry, readPrepareEntry } from './prepare-entry.js';
import type { Substitutions, TemplateText } from './render-template.js';
import { defaultsBeside, templateIn } from './tripleo-folder.js';
import { refuseModify, wantedOfUpload } from './uploads.js';

const schema = z.looseObject({
  parameter_defaults: z.looseObject({
    ContainerImagePrepare: z.array(prepareEntry).nullish(),
    ContainerImageRegistryCredentials: z.record(z.string(), z.record(z.string(), z.string())).nullish(),
    LocalContainerRegistry: z.string().nullish(),
    DockerInsecureRegistryAddress: z.array(z.string()).nullish(),
    NeutronMechanismDrivers: z.union([z.string(), z.array(z.string())]).nullish(),
    DockerRegistryMirror: z.string().nullish(),
  }),
});

const imageParameter = /^(?:Docker|Container)\w+Image$/;

/** Options of reading an environment file. */
interface EnvironmentOptions {
  /** Template that `ContainerImagePrepare` is worked out with; default: that which lies beside the file. */
  readonly tripleoTemplate?: string;
  readonly folder?: string;
  /** Substitutions that come before those of the file. */
  readonly set?: Substitutions | undefined;
}

/**
 * Reads an environment file of TripleO's: the images that `Docker…Image` and `Container…Image` name, and those that
 * `ContainerImagePrepare` makes of the template. Which services are deployed is not known here: images of all are taken.
 */
export function readEnvironmentFile(
  source: YamlSource,
  { tripleoTemplate, folder, set = {} }: EnvironmentOptions,
  diagnostics: Diagnostics,
): Partial<ImageList> & Pick<ImageList, 'wanted'> {
  const defaults = checkShape(schema, source.value, source, [], diagnostics)?.parameter_defaults;
  if (defaults === undefined) return { wanted: [] };
  const prepare = defaults.ContainerImagePrepare ?? [];
  const file = tripleoTemplate ?? templateIn(folder);
  const template = prepare.length === 0 ? undefined : readTemplate(file, source, diagnostics);
  const notices: string[] = (defaults.DockerInsecureRegistryAddress ?? []).map(
    (host) => `${host} is insecure, says the file: say beside it whether that is plain http or an unknown certificate`,
  );
  if (defaults.DockerRegistryMirror != null)
    notices.push('DockerRegistryMirror is ignored: each registry is asked itself');
  const registry = defaults.LocalContainerRegistry;
  const release = template === undefined ? undefined : defaultsBeside(template, diagnostics);
  const given = { release, set, driver: driverOf(defaults.NeutronMechanismDrivers) };
  const prepared = prepare.flatMap((entry, index) => {
    const path = ['parameter_defaults', 'ContainerImagePrepare', index];
    refuseModify(entry, source, path, diagnostics);
    return template === undefined
      ? []
      : readPrepareEntry(entry, path, template, registry, given, source, notices, diagnostics);
  });
  return {
    wanted: [...parametersOf(defaults, source, diagnostics), ...prepared],
    takesSubstitutions: prepare.length > 0,
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

function readTemplate(
  file: string | undefined,
  source: YamlSource,
  diagnostics: Diagnostics,
): TemplateText | undefined {
  const place = source.placeOf(['parameter_defaults', 'ContainerImagePrepare'], 'key');
  if (file === undefined) {
    const message = "ContainerImagePrepare is worked out with TripleO's template of images, and none is given";
    const hint =
      'give it with --template (image_sync_template in the role), or put it beside this file: it is tripleo_containers.yaml.j2 or overcloud_containers.yaml.j2, below /usr/share on an undercloud, in container-images';
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
