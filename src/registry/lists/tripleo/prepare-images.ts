import type { Diagnostics } from '../../../diagnostics/diagnostic.js';
import { compileExpression, type Expression } from '../../../patterns/expression.js';
import { renderTemplate, type Substitutions, type TemplateText } from './render-template.js';

/** Options of `openstack overcloud container image prepare`. */
export interface PrepareOptions {
  readonly namespace?: string | undefined;
  readonly tag?: string | undefined;
  readonly prefix?: string | undefined;
  readonly suffix?: string | undefined;
  /** `--set`: more substitutions; those above come before them. */
  readonly set?: Substitutions | undefined;
  /** Substitutions of the release, where nothing else says; default: Queens's. */
  readonly defaults?: Substitutions | undefined;
  /** `host:port` that the images go to. */
  readonly pushDestination?: string | undefined;
  readonly pullSource?: string | undefined;
  /** Regular expressions; an image whose name one is found in is left out. */
  readonly excludes?: readonly string[] | undefined;
  /** Regular expressions; with these only images that one is found in are taken, and `excludes` don't count. */
  readonly includes?: readonly string[] | undefined;
  /** Services that are deployed in containers; images of others are left out. Nothing: all images. */
  readonly services?: ReadonlySet<string> | undefined;
  /** Tags that were looked up by label, by the image's name without a tag. */
  readonly tags?: ReadonlyMap<string, string> | undefined;
  /** Registries that are reached without a verified certificate. */
  readonly insecureRegistries?: readonly string[] | undefined;
}

/** An image to be uploaded: an entry of `container_images`. */
export interface PreparedImage {
  readonly imagename: string;
  readonly image_source?: string | undefined;
  readonly pull_source?: string;
  readonly push_destination?: string;
}

/** Result of prepare: the images to upload, in the template's order, and the parameters of the overcloud. */
export interface PreparedImages {
  readonly images: readonly PreparedImage[];
  readonly parameters: Readonly<Record<string, string | readonly string[]>>;
}

/** Default values of Queens's template (tripleo-common, queens-eol). */
export const queensDefaults = {
  namespace: 'docker.io/tripleoqueens',
  name_prefix: 'centos-binary-',
  name_suffix: '',
  tag: 'current-tripleo',
  neutron_driver: null,
  logging: 'files',
  ceph_namespace: 'quay.ceph.io/ceph-ci',
  ceph_image: 'daemon',
  ceph_tag: 'v3.2.14-stable-3.2-luminous-centos-7-x86_64',
} as const satisfies Substitutions;

/**
 * Works out what `openstack overcloud container image prepare` does from its template, without a registry or an
 * undercloud. Errors are collected, and nothing returned.
 */
export function prepareImages(
  template: TemplateText,
  options: PrepareOptions,
  diagnostics: Diagnostics,
): PreparedImages | undefined {
  const wanted = filterOf(template, options, diagnostics);
  const entries = renderTemplate(template, substitutionsOf(options), diagnostics);
  if (wanted === undefined || entries === undefined) return undefined;
  const { pullSource, pushDestination, tags, insecureRegistries = [] } = options;
  const parameters = new Map<string, string | readonly string[]>();
  const images = entries
    .filter(wanted)
    .map(({ imagename: written, params = [], services: _, ...rest }): PreparedImage => {
      const imagename = withLookedUpTag(written, tags);
      for (const name of params)
        parameters.set(name, pushDestination ? withHost(imagename, pushDestination) : imagename);
      return {
        ...rest,
        imagename,
        ...(pullSource ? { pull_source: pullSource } : {}),
        ...(pushDestination ? { push_destination: pushDestination } : {}),
      };
    });
  const hosts = new Set([...parameters.values()].map((image) => String(image).split('/')[0] ?? ''));
  const insecure = insecureRegistries.filter((host) => hosts.has(host)).toSorted();
  if (insecure.length > 0) parameters.set('DockerInsecureRegistryAddress', insecure);
  return { images, parameters: Object.fromEntries(parameters) };
}

/** Replaces the host of an image's name: all that comes after the first `/` stays. */
function withHost(imagename: string, destination: string): string {
  return `${destination}/${imagename.slice(imagename.indexOf('/') + 1)}`;
}

function withLookedUpTag(imagename: string, tags: ReadonlyMap<string, string> = new Map()): string {
  const name = imagename.slice(0, imagename.lastIndexOf(':'));
  const tag = tags.get(name);
  return tag === undefined ? imagename : `${name}:${tag}`;
}

function substitutionsOf(options: PrepareOptions): Substitutions {
  const { namespace, tag, prefix, suffix, set = {}, defaults = queensDefaults, services } = options;
  const given = Object.fromEntries(
    Object.entries({ namespace, tag, name_prefix: prefix, name_suffix: suffix }).filter(
      ([, value]) => value !== undefined,
    ),
  );
  const driver = services?.has('OS::TripleO::Services::OpenDaylightApi')
    ? { neutron_driver: 'odl' }
    : services?.has('OS::TripleO::Services::OVNController')
      ? { neutron_driver: 'ovn' }
      : {};
  const all: Record<string, Substitutions[string]> = { ...defaults, ...set, ...given, ...driver };
  const { name_prefix: before, name_suffix: behind } = all;
  if (before && !String(before).endsWith('-')) all.name_prefix = `${before}-`;
  if (behind && !String(behind).startsWith('-')) all.name_suffix = `-${behind}`;
  return all;
}

type Filter = (entry: { readonly imagename: string; readonly services?: readonly string[] | undefined }) => boolean;

function filterOf(
  { file }: TemplateText,
  { includes = [], excludes = [], services }: PrepareOptions,
  diagnostics: Diagnostics,
): Filter | undefined {
  const before = diagnostics.all.length;
  const expressions = (texts: readonly string[], option: string): Expression[] =>
    texts.flatMap((text) => {
      const expression = compileExpression(text);
      if (!('problem' in expression)) return [expression];
      const message = `${option}: ${JSON.stringify(text)} is not a regular expression (asked of ${file}): ${expression.problem}`;
      diagnostics.add({ code: 'wrong-value', message });
      return [];
    });
  const [included, excluded] = [expressions(includes, 'includes'), expressions(excludes, 'excludes')];
  if (diagnostics.all.length > before) return undefined;
  return ({ imagename, services: its = [] }) => {
    if (services !== undefined && !its.some((service) => services.has(service))) return false;
    if (included.length > 0) return included.some((expression) => expression.isIn(imagename));
    return !excluded.some((expression) => expression.isIn(imagename));
  };
}
