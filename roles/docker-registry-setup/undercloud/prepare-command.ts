/** Options for the `openstack` command that lists the overcloud's images. */
export interface PrepareSettings {
  /** Registry and namespace of the source: `registry.example.com:443/rhosp13`. */
  readonly namespace: string;
  /** The undercloud's registry: `undercloud:8787`. */
  readonly destination: string;
  readonly prefix: string;
  readonly tag: string;
  /** Label, or template of labels, that each image's tag is looked up by, instead of one tag for all. */
  readonly tagFromLabel: string | undefined;
  /** Substitutions for the template of images: `ceph_namespace`, `neutron_driver`. */
  readonly set: Readonly<Record<string, string>>;
  /** Regular expressions: images that are left out. */
  readonly excludes: readonly string[];
  /** Further options, as they are. */
  readonly options: readonly string[];
  /** The list of images to upload; for the tripleo client what it is to prepare. */
  readonly imagesFile: string;
  /** The overcloud's parameters. */
  readonly environmentFile: string;
}

/** Command of the client for images: `overcloud container image`, from Rocky on `tripleo container image`. */
export type TripleoClient = 'overcloud' | 'tripleo';

/** Words after `openstack` that prepare the images. In the order of the older role, so that files it had made are known. */
export function prepareWords(client: TripleoClient, asked: PrepareSettings): string[] {
  const { imagesFile, environmentFile, options } = asked;
  if (client === 'tripleo') {
    const files = ['-e', imagesFile, `--output-env-file=${environmentFile}`];
    return ['tripleo', 'container', 'image', 'prepare', ...files, ...options];
  }
  return [
    ...['overcloud', 'container', 'image', 'prepare'],
    `--namespace=${asked.namespace}`,
    `--push-destination=${asked.destination}`,
    `--prefix=${asked.prefix}`,
    `--output-env-file=${environmentFile}`,
    ...(asked.tagFromLabel === undefined ? ['--tag', asked.tag] : ['--tag-from-label', asked.tagFromLabel]),
    `--output-images-file=${imagesFile}`,
    ...Object.entries(asked.set).flatMap(([key, value]) => ['--set', `${key}=${value}`]),
    ...asked.excludes.flatMap((expression) => ['--exclude', expression]),
    ...options,
  ];
}

/** Words after `openstack` that bring what {@link prepareWords} listed to the undercloud's registry. */
export function uploadWords(client: TripleoClient, asked: PrepareSettings): string[] {
  if (client === 'tripleo') return prepareWords(client, asked);
  return ['overcloud', 'container', 'image', 'upload', '--verbose', '--config-file', asked.imagesFile];
}

/** The environment file by which `openstack tripleo container image prepare` is told what to prepare. JSON is YAML, and quotes what YAML would misread. */
export function prepareParameters(asked: PrepareSettings): string {
  const { destination, prefix, tag, tagFromLabel, namespace, excludes, set } = asked;
  const lines = [
    `- push_destination: ${JSON.stringify(destination)}`,
    '  set:',
    ...Object.entries({ ...set, namespace, name_prefix: prefix, name_suffix: '', ...(tagFromLabel ? {} : { tag }) })
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => `    ${key}: ${JSON.stringify(value)}`),
    ...(tagFromLabel === undefined ? [] : [`  tag_from_label: ${JSON.stringify(tagFromLabel)}`]),
    ...(excludes.length === 0 ? [] : ['  excludes:', ...excludes.map((each) => `  - ${JSON.stringify(each)}`)]),
  ];
  const listed = lines.map((line) => `  ${line}\n`).join('');
  return `# Managed by provision.\nparameter_defaults:\n  ContainerImagePrepare:\n${listed}`;
}
