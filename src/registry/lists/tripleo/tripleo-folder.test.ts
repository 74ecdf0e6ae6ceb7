import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { folderOf } from '../../../../test/kit/folder-of.js';
import { inShort } from '../../../../test/kit/lists/read-text.js';
import { amd64, arm64, pushImage, pushIndex } from '../../../../test/registry/admin/push-image.js';
import { Diagnostics } from '../../../diagnostics/diagnostic.js';
import { openRegistry } from '../../client/open.js';
import { resolveList } from '../../plan/resolve/resolve-list.js';
import { serveRegistry } from '../../server/serve.js';
import { type ReadListOptions, readImageList } from '../read.js';

const image = (name: string) => `- imagename: "{{namespace}}/{{name_prefix}}${name}{{name_suffix}}:{{tag}}"\n`;

/** A folder as the packages of TripleO lay it out: Train and later. */
const train = {
  'tripleo_containers.yaml.j2': `container_images_template:

${image('cron')}  image_source: tripleo
  params:
  - ContainerCrondImage
{% if not rhel_containers %}
${image('fluentd')}{% endif %}
{% if neutron_driver == "ovn" %}
${image('neutron-server-ovn')}{% else %}
${image('neutron-server')}{% endif %}
{% if ceph_images | default(true) %}
{% include 'ceph.j2' %}
{% endif %}
{% if namespace_old is defined %}
- imagename: "{{namespace_old}}/cron:{{tag_old}}"
{% endif %}
`,
  'ceph.j2': `- imagename: "{{ceph_namespace}}/{{ceph_image}}:{{ceph_tag}}"
- imagename: "{{ceph_alertmanager_namespace}}/{{ceph_alertmanager_image}}:{{ceph_alertmanager_tag}}"
`,
  'container_image_prepare_defaults.yaml': `parameter_defaults:
  ContainerImagePrepare:
  - tag_from_label: build
    set:
      namespace: quay.example.com/release
      name_prefix: centos-
      name_suffix: ''
      tag: current
      rhel_containers: false
      neutron_driver: 'ovn'
      ceph_namespace: quay.example.com/ceph
      ceph_image: daemon
      ceph_tag: 4.10
      ceph_alertmanager_namespace: quay.example.com/prometheus
      ceph_alertmanager_image: alertmanager
      ceph_alertmanager_tag: v0.16.2
`,
};

/** The older layout: one template, which says more than its defaults name in Queens, where there is no file of them. */
const rocky = {
  'overcloud_containers.yaml.j2': `container_images_template:
${image('cron')}- imagename: "{{openshift_namespace}}/{{openshift_prefix}}-node:{{openshift_tag}}"
`,
  'container_image_prepare_defaults.yaml': `parameter_defaults:
  ContainerImagePrepare:
  - set: {namespace: docker.example.com/rocky, name_prefix: x, name_suffix: y, tag: 13.0, neutron_driver: null, openshift_namespace: docker.example.com/os, openshift_prefix: origin, openshift_tag: v3.11.0}
`,
};

/** Reads a list of a folder: names of images, or errors. */
function read(files: Record<string, string>, name: string, options: ReadListOptions = {}) {
  const diagnostics = new Diagnostics();
  const list = readImageList(join(folderOf(files), name), options, diagnostics);
  const images = list?.wanted.map(({ source, repository, tags }) => `${source}/${repository}:${tags[0]?.tag}`);
  return {
    list,
    images: images ?? diagnostics.all.map(({ message, hint }) => `${message} (${hint})`),
    notices: list?.notices,
  };
}

describe("a folder of TripleO's images was read with the substitutions of Queens", () => {
  const all = [
    'quay.example.com/release/centos-cron:current',
    'quay.example.com/release/centos-fluentd:current',
    'quay.example.com/release/centos-neutron-server-ovn:current',
    'quay.example.com/ceph/daemon:4.10',
    'quay.example.com/prometheus/alertmanager:v0.16.2',
  ];

  it.each(['tripleo_containers.yaml.j2', 'container_image_prepare_defaults.yaml'])('%s is named', (name) => {
    expect(read(train, name).images).toEqual(all);
  });

  it.each(Object.keys(rocky))('%s of the older layout is named', (name) => {
    expect(read(rocky, name).images).toEqual([
      'docker.example.com/rocky/x-cron-y:13.0',
      'docker.example.com/os/origin-node:v3.11.0',
    ]);
  });

  it('without the defaults, what has no value is named', () => {
    const { images } = read({ 'a.j2': rocky['overcloud_containers.yaml.j2'] }, 'a.j2');
    expect(images).toMatchInlineSnapshot(`
      [
        "the template uses openshift_namespace, which is not set (give it with --set openshift_namespace=VALUE (image_sync_set in the role), or put the defaults of the release beside the template: container_image_prepare_defaults.yaml)",
      ]
    `);
  });

  it('what is given comes before the defaults of the release', () => {
    const set = {
      tag: '17',
      rhel_containers: true,
      ceph_images: false,
      neutron_driver: 'other',
      namespace_old: 'q.example.com/o',
      tag_old: '1',
    };
    const own = [
      'quay.example.com/release/centos-cron:17',
      'quay.example.com/release/centos-neutron-server:17',
      'q.example.com/o/cron:1',
    ];
    for (const name of ['tripleo_containers.yaml.j2', 'container_image_prepare_defaults.yaml'])
      expect(read(train, name, { prepare: { set } }).images).toEqual(own);
  });

  it('an environment file elsewhere has the template that is given, and the defaults beside it', () => {
    const environment =
      'parameter_defaults:\n  NeutronMechanismDrivers: openvswitch\n  DockerRegistryMirror: http://m/\n  ContainerImagePrepare:\n  - set: {tag: mine, neutron_driver: ""}\n';
    const tripleoTemplate = join(folderOf(train), 'tripleo_containers.yaml.j2');
    const { images, notices } = read({ 'mine.yaml': environment }, 'mine.yaml', { tripleoTemplate });
    expect(images[2]).toBe('quay.example.com/release/centos-neutron-server:mine');
    expect(images[3]).toBe('quay.example.com/ceph/daemon:4.10');
    expect(notices).toEqual(['DockerRegistryMirror is ignored: each registry is asked itself']);
    expect(read({ 'mine.yaml': environment }, 'mine.yaml').images[0]).toContain('--template');
  });

  it('broken defaults are an error with their place', () => {
    const broken = {
      ...train,
      'container_image_prepare_defaults.yaml': 'parameter_defaults: {ContainerImagePrepare: []}\n',
    };
    expect(read(broken, 'tripleo_containers.yaml.j2').images).toMatchInlineSnapshot(`
      [
        "parameter_defaults.ContainerImagePrepare: must not be empty, found an empty list (undefined)",
      ]
    `);
  });
});

describe('tag_from_label', () => {
  const environment = (host: string, label: string) => `parameter_defaults:
  ContainerImagePrepare:
  - tag_from_label: "${label}"
    set: {namespace: ${host}/n, name_prefix: '', ceph_images: false, rhel_containers: true}
`;

  async function registry() {
    const server = await serveRegistry({ dir: folderOf({}) });
    const client = openRegistry({ host: server.host });
    onTestFinished(async () => {
      await client.close();
      await server.close();
    });
    return { host: server.host, client };
  }

  async function resolved(label: string) {
    const { host, client } = await registry();
    const labels = { build: '17.1-5', version: '17.1', release: '9', odd: 'no tag' };
    await pushImage(client, 'n/cron', ['current'], { content: 'cron', labels });
    const of = (platform: typeof amd64, build: string) => ({ platform, content: build, labels: { ...labels, build } });
    await pushIndex(client, 'n/neutron-server-ovn', ['current'], [of(amd64, '17.1-6'), of(arm64, '17.1-7')]);
    const { list, notices } = read({ ...train, 'e.yaml': environment(host, label) }, 'e.yaml');
    const requests = client.traffic.requests;
    const found = await resolveList(list?.wanted ?? [], { sourceOf: () => client, attachments: 'none' });
    return {
      notices,
      images: found.images.map(({ repository, tag, targetTag }) => `${repository}:${tag} -> ${targetTag}`),
      failed: found.unmatched.map(({ name, error }) => `${name}: ${error.message.replace(host, 'HOST')}`),
      requests: client.traffic.requests - requests,
    };
  }

  it('tags are those that labels of the images name, where the list names none', async () => {
    expect(await resolved('build')).toEqual({
      notices: [
        'tag_from_label: build: the tags of 2 images are looked up at the source, with two or three requests each',
      ],
      images: ['n/cron:17.1-5 -> 17.1-5', 'n/neutron-server-ovn:17.1-6 -> 17.1-6'],
      failed: [],
      requests: 5,
    });
    expect((await resolved('{version}-{release}')).images[0]).toBe('n/cron:17.1-9 -> 17.1-9');
  });

  it('an image without the label keeps its tag, and one whose label is no tag fails alone', async () => {
    expect((await resolved('none')).images).toEqual([
      'n/cron:current -> current',
      'n/neutron-server-ovn:current -> current',
    ]);
    expect(await resolved('odd')).toMatchObject({
      images: [],
      failed: [
        'n/cron:current: HOST/n/cron:current: the label odd is "no tag", which is no tag',
        'n/neutron-server-ovn:current: HOST/n/neutron-server-ovn:current: the label odd is "no tag", which is no tag',
      ],
    });
  });

  it('is not looked up where the list names the tag', () => {
    const { notices, list } = read(train, 'container_image_prepare_defaults.yaml');
    expect(notices).toEqual([
      'tag_from_label: build is not looked up: the tag is current, as set says; without a tag there, it is looked up',
    ]);
    expect(inShort(list)).toContain(':current');
    expect(list?.wanted.flatMap(({ tags }) => tags.map(({ tagFromLabel }) => tagFromLabel))).toEqual(
      Array(5).fill(undefined),
    );
  });
});
