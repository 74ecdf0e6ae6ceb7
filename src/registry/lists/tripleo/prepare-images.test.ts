import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { Diagnostics } from '../../../diagnostics/diagnostic.js';
import { environmentFileText, imagesFileText } from './prepare-files.js';
import { type PreparedImages, type PrepareOptions, prepareImages } from './prepare-images.js';

const file = fileURLToPath(new URL('../../../../test/kit/lists/overcloud_containers.yaml.j2', import.meta.url));
const queens = readFileSync(file, 'utf8');

function prepare(options: PrepareOptions, text = queens): PreparedImages {
  const diagnostics = new Diagnostics();
  const prepared = prepareImages({ file: 'images.j2', text }, options, diagnostics);
  diagnostics.throwIfAny();
  if (prepared === undefined) throw new Error('nothing, and no error');
  return prepared;
}

function errors(text: string, options: PrepareOptions = {}): string {
  const diagnostics = new Diagnostics();
  expect(prepareImages({ file: 'images.j2', text }, options, diagnostics)).toBeUndefined();
  return diagnostics.all
    .map(({ place, message, hint }) => `${place?.line}:${place?.column} ${message}${hint ? ` (${hint})` : ''}`)
    .join('\n');
}

const service = (...names: string[]) => new Set(names.map((name) => `OS::TripleO::Services::${name}`));
const names = ({ images }: PreparedImages) => images.map(({ imagename }) => imagename.replace(/^.*binary-|:.*$/g, ''));

describe('openstack overcloud container image prepare', () => {
  it("makes 88 images and 136 parameters of the role's call", () => {
    const { images, parameters } = prepare({
      namespace: 'registry.access.redhat.com:443/rhosp13',
      pushDestination: 'undercloud:8787',
      prefix: 'openstack-',
      tag: '13.0',
    });
    expect(images).toHaveLength(88);
    expect(Object.keys(parameters)).toHaveLength(136);
    expect(images[0]).toEqual({
      imagename: 'registry.access.redhat.com:443/rhosp13/openstack-aodh-api:13.0',
      push_destination: 'undercloud:8787',
    });
    expect(parameters.DockerAodhConfigImage).toBe('undercloud:8787/rhosp13/openstack-aodh-api:13.0');
    const ceph = 'ceph-ci/daemon:v3.2.14-stable-3.2-luminous-centos-7-x86_64';
    expect(images.at(-2)?.imagename).toBe(`quay.ceph.io/${ceph}`);
    expect(parameters.DockerCephDaemonImage).toBe(`undercloud:8787/${ceph}`);
  });

  it('takes only the images of services', () => {
    const three = 'params: [DockerNovaApiImage, DockerNovaConfigImage, DockerNovaMetadataImage]';
    const nova = queens.replace(/params: \[DockerNovaApiImage[^\]]*\]/, three);
    const options = { namespace: 'docker.io/t', prefix: 'p', tag: 'l', pushDestination: '192.0.2.0:8787' };
    expect(prepare({ ...options, services: service('NovaApi') }, nova)).toEqual({
      images: [{ imagename: 'docker.io/t/p-nova-api:l', push_destination: '192.0.2.0:8787' }],
      parameters: {
        DockerNovaApiImage: '192.0.2.0:8787/t/p-nova-api:l',
        DockerNovaConfigImage: '192.0.2.0:8787/t/p-nova-api:l',
        DockerNovaMetadataImage: '192.0.2.0:8787/t/p-nova-api:l',
      },
    });
  });

  it('knows the driver of the network from the services, or is told', () => {
    expect(names(prepare({ services: service('OpenDaylightApi') }))).toEqual([
      'neutron-server-opendaylight',
      'opendaylight',
    ]);
    expect(names(prepare({ services: service('OVNController') }))).toEqual(['neutron-server-ovn', 'ovn-controller']);
    expect(names(prepare({ services: service('NeutronServer') }))).toEqual(['neutron-server']);
    const told = names(prepare({ set: { neutron_driver: 'ovn', logging: 'stdout' } }));
    expect(told).toHaveLength(88 - 1 + 2 + 4 + 1);
    expect(told).toContain('rsyslog-base');
  });

  it('puts the dash to prefix and suffix where it is missing', () => {
    const first = (options: PrepareOptions) => prepare({ ...options, namespace: 'r/n', tag: '1' }).images[0]?.imagename;
    expect(first({ prefix: 'p', suffix: 's' })).toBe('r/n/p-aodh-api-s:1');
    expect(first({ prefix: 'p-', suffix: '-s' })).toBe('r/n/p-aodh-api-s:1');
    expect(first({ prefix: '', suffix: '' })).toBe('r/n/aodh-api:1');
  });

  it('leaves out by name, or takes by name and then leaves nothing out', () => {
    expect(names(prepare({ includes: ['aodh-(api|listener)'], excludes: ['aodh'] }))).toEqual([
      'aodh-api',
      'aodh-listener',
    ]);
    const left = names(prepare({ excludes: ['aodh', '/daemon:'] }));
    expect(left).toHaveLength(83);
  });

  it('takes tags that were looked up, and names registries without a certificate', () => {
    const { images, parameters } = prepare({
      includes: ['cron'],
      tags: new Map([['docker.io/tripleoqueens/centos-binary-cron', '13.0-51']]),
      insecureRegistries: ['undercloud:8787', 'elsewhere'],
      pushDestination: 'undercloud:8787',
    });
    expect(images[0]?.imagename).toBe('docker.io/tripleoqueens/centos-binary-cron:13.0-51');
    expect(parameters.DockerInsecureRegistryAddress).toEqual(['undercloud:8787']);
  });

  it('writes the two files', () => {
    const { images, parameters } = prepare({
      includes: ['aodh-api', 'cron'],
      pushDestination: 'undercloud:8787',
      pullSource: 'mirror:5000',
      insecureRegistries: ['undercloud:8787'],
    });
    expect(imagesFileText(images)).toMatchInlineSnapshot(`
      "container_images:
      - imagename: docker.io/tripleoqueens/centos-binary-aodh-api:current-tripleo
        pull_source: mirror:5000
        push_destination: undercloud:8787
      - imagename: docker.io/tripleoqueens/centos-binary-cron:current-tripleo
        pull_source: mirror:5000
        push_destination: undercloud:8787
      "
    `);
    const at = new Date('2018-07-24T10:11:12.123Z');
    expect(
      environmentFileText(parameters, 'openstack overcloud container image prepare --prefix=x', at),
    ).toMatchInlineSnapshot(`
      "# Generated with the following on 2018-07-24T10:11:12.123
      #
      #   openstack overcloud container image prepare --prefix=x
      #

      parameter_defaults:
        DockerAodhApiImage: undercloud:8787/tripleoqueens/centos-binary-aodh-api:current-tripleo
        DockerAodhConfigImage: undercloud:8787/tripleoqueens/centos-binary-aodh-api:current-tripleo
        DockerCrondConfigImage: undercloud:8787/tripleoqueens/centos-binary-cron:current-tripleo
        DockerCrondImage: undercloud:8787/tripleoqueens/centos-binary-cron:current-tripleo
        DockerInsecureRegistryAddress:
        - undercloud:8787
      "
    `);
  });

  it('renders what older templates say in Python', () => {
    const text = `{% if name_prefix and not name_prefix.endswith('+') %}{% set name_prefix=name_prefix + "+" %}{% endif %}
{% if name_suffix and not name_suffix.startswith('-') %}{% set name_suffix='?' %}{% endif %}
{% if neutron_driver == None and logging in ["files"] %}
container_images_template: [{imagename: "{{namespace}}/{{name_prefix}}a{{name_suffix}}:{{tag or 'latest'}}"}]
{% endif %}`;
    expect(prepare({ namespace: 'r/n', prefix: 'p' }, text).images).toEqual([
      { imagename: 'r/n/p-+a:current-tripleo' },
    ]);
  });

  it('says what is wrong with a template', () => {
    expect(
      errors('container_images_template:\n- imagename: "{{namespace}}/{{ openshift_image }}"\n'),
    ).toMatchInlineSnapshot(
      `"2:32 the template uses openshift_image, which is not set (give it with --set openshift_image=VALUE (image_sync_set in the role), or put the defaults of the release beside the template: container_image_prepare_defaults.yaml)"`,
    );
    expect(errors('a: 1\n{% if x %}\n')).toMatchInlineSnapshot(
      `"2:4 {% if %} is not closed (close it with {% endif %})"`,
    );
    expect(errors('container_images_template:\n- image: a\n')).toMatchInlineSnapshot(
      `"2:3 what the template makes is no list of images: container_images_template[0] needs "imagename" (text)"`,
    );
    expect(errors('container_images_template: [}\n')).toMatchInlineSnapshot(
      `"1:29 what the template makes cannot be read: YAML: flow sequence in block collection must be sufficiently indented and end with a ] (check the indentation, and quote text that holds ": " or begins with { or [)"`,
    );
    expect(errors('a\n{{ namespace.constructor.constructor("x")() }}')).toMatchInlineSnapshot(
      `"2:14 a template of images has no use for constructor (names, texts in quotes, ==, "in" with a list, if, for, set and include are enough)"`,
    );
    expect(errors('{% include "/etc/passwd" %}')).toMatchInlineSnapshot(
      `"1:12 "/etc/passwd" is no name of a file (name a file that lies beside images.j2)"`,
    );
    expect(errors(queens, { excludes: ['('] })).toMatchInlineSnapshot(
      `"undefined:undefined excludes: "(" is not a regular expression (asked of images.j2): a ( is never closed"`,
    );
  });
});
