import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { inShort, readText } from '../../../../test/kit/lists/read-text.js';
import { Diagnostics } from '../../../diagnostics/diagnostic.js';
import { mergeUploads } from './images-file.js';
import { prepareImages } from './prepare-images.js';

const template = fileURLToPath(new URL('../../../../test/kit/lists/overcloud_containers.yaml.j2', import.meta.url));

describe("TripleO's images file", () => {
  it('says what is uploaded where', async () => {
    const text = `container_images:
- imagename: registry.access.redhat.com:443/rhosp13/openstack-aodh-api:13.0
  push_destination: undercloud:8787
- imagename: docker.io/tripleoqueens/centos-binary-cron
  image_source: kolla
  pull_source: mirror:5000
- imagename: quay.ceph.io/ceph-ci/daemon:v3.2.14
  push_destination: true
`;
    const { list, errors } = await readText(text);
    expect(errors).toBe('');
    expect(inShort(list)).toMatchInlineSnapshot(`
      "2: registry.access.redhat.com:443/rhosp13/openstack-aodh-api -> undercloud:8787/rhosp13/openstack-aodh-api | :13.0
      4: mirror:5000/docker.io/tripleoqueens/centos-binary-cron -> tripleoqueens/centos-binary-cron | :latest
      7: quay.ceph.io/ceph-ci/daemon -> ceph-ci/daemon | :v3.2.14"
    `);
  });

  it('says what is wrong', async () => {
    const text = `container_images:
- push_destination: undercloud:8787
- imagename: docker.io/tripleoqueens/Cron:1
- imagename: docker.io/tripleoqueens/cron:1
  modify_role: tripleo-modify-image
  uploader: magic
- imagename: docker.io/tripleoqueens/cron:1
  modify_append_tag: -hotfix
- imagename: docker.io/tripleoqueens/cron:1
  push_destination: http://undercloud:8787
`;
    expect((await readText(text)).errors).toMatchInlineSnapshot(`
      "2:3 imagename is required
      3:14 "docker.io/tripleoqueens/Cron:1" is not an image: repositories are written in small letters: tripleoqueens/cron
      6:13 uploader: expected "docker", "skopeo" or "python", found text "magic"
      8:3 modify_append_tag: images are copied as they are, none is rebuilt on the way (build the changed image (buildah, docker build), push it, and list it by its own name and tag)
      9:14 "http://undercloud:8787/tripleoqueens/cron:1" is not an image: write it without http:// or docker://"
    `);
  });

  it('merges several as upload does', () => {
    const one = [{ imagename: 'a/b:1', push_destination: 'x:1', packages: ['p'] }];
    const two = [
      { imagename: 'a/b:1', push_destination: 'y:2', pull_source: 'z:3', packages: ['q'] },
      { imagename: 'a/c:1' },
    ];
    expect(mergeUploads([one, two])).toEqual([
      { imagename: 'a/b:1', push_destination: 'x:1', pull_source: 'z:3', packages: ['p', 'q'] },
      { imagename: 'a/c:1' },
    ]);
    expect(mergeUploads([one, undefined])).toEqual([]);
  });
});

describe("TripleO's environment file", () => {
  it('names images in parameters, each once', async () => {
    const text = `parameter_defaults:
  DockerAodhApiImage: undercloud:8787/rhosp13/openstack-aodh-api:13.0
  DockerAodhConfigImage: undercloud:8787/rhosp13/openstack-aodh-api:13.0
  ContainerCronImage: quay.io/tripleotrain/centos-binary-cron:current-tripleo
  DockerInsecureRegistryAddress: [undercloud:8787]
  ContainerImageRegistryCredentials: {quay.io: {jo: secret}}
  NovaComputeImageProperties: {a: b}
`;
    const { list, errors } = await readText(text);
    expect(errors).toBe('');
    expect(inShort(list)).toMatchInlineSnapshot(`
      "2: undercloud:8787/rhosp13/openstack-aodh-api -> rhosp13/openstack-aodh-api | :13.0
      4: quay.io/tripleotrain/centos-binary-cron -> tripleotrain/centos-binary-cron | :current-tripleo"
    `);
    expect([...(list?.credentials ?? [])]).toEqual([['quay.io', { username: 'jo', password: 'secret' }]]);
    expect(list?.notices).toMatchInlineSnapshot(`
      [
        "undercloud:8787 is insecure, says the file: say beside it whether that is plain http or an unknown certificate",
      ]
    `);
  });

  it('prepares images of the template', async () => {
    const text = `parameter_defaults:
  LocalContainerRegistry: 192.168.24.1
  ContainerImagePrepare:
  - push_destination: true
    set: {namespace: quay.io/tripleotrain, name_prefix: centos-binary, tag: 13.0, neutron_driver: ovn}
    tag_from_label: rdo_version
    includes: [nova-api, neutron-server]
  - set: {ceph_tag: v4}
    includes: [/daemon]
    push_destination: depot:5000
`;
    const { list, errors } = await readText(text, { tripleoTemplate: template });
    expect(errors).toBe('');
    expect(inShort(list)).toMatchInlineSnapshot(`
      "4: quay.io/tripleotrain/centos-binary-neutron-server-ovn -> 192.168.24.1:8787/tripleotrain/centos-binary-neutron-server-ovn | :13.0
      4: quay.io/tripleotrain/centos-binary-nova-api -> 192.168.24.1:8787/tripleotrain/centos-binary-nova-api | :13.0
      8: quay.ceph.io/ceph-ci/daemon -> depot:5000/ceph-ci/daemon | :v4"
    `);
    expect(list?.notices).toMatchInlineSnapshot(`
      [
        "tag_from_label: rdo_version is not looked up: the tag is 13.0, as set says; without a tag there, it is looked up",
      ]
    `);
  });

  it('takes names of prototypes for names, of substitutions and of parameters', async () => {
    const text = `parameter_defaults:
  ContainerImagePrepare:
  - set: {constructor: made, toString: text, hasOwnProperty: own}
`;
    const file = join(mkdtempSync(join(tmpdir(), 'provision-tripleo-')), 'images.j2');
    const name = '{{constructor}}-{{toString}}-{{hasOwnProperty}}';
    writeFileSync(file, `container_images_template: [{imagename: "r/n/${name}:1", params: [__proto__, toString]}]\n`);
    const { list, errors } = await readText(text, { tripleoTemplate: file });
    expect(errors).toBe('');
    expect(list?.wanted.map(({ repository }) => repository)).toEqual(['r/n/made-text-own']);
    const template = { file, text: readFileSync(file, 'utf8') };
    const set = { constructor: 'x', toString: 'x', hasOwnProperty: 'x' };
    const { parameters = {} } = prepareImages(template, { set }, new Diagnostics()) ?? {};
    expect(Object.entries(parameters)).toEqual([
      ['__proto__', 'r/n/x-x-x:1'],
      ['toString', 'r/n/x-x-x:1'],
    ]);
    rmSync(dirname(file), { recursive: true });
  });

  it('keeps true and false of set what they are, which a condition in the template asks for', async () => {
    const text = (given: string) =>
      `parameter_defaults:\n  ContainerImagePrepare:\n  - set: {rhel_containers: ${given}, tag: 1.10}\n`;
    const folder = mkdtempSync(join(tmpdir(), 'provision-tripleo-'));
    const file = join(folder, 'tripleo_containers.yaml.j2');
    const entry = (name: string) => `- imagename: "r/n/${name}:{{tag}}"\n`;
    writeFileSync(join(folder, 'ceph.j2'), entry('ceph'));
    const conditional = `{% if not rhel_containers %}\n${entry('fluentd')}{% endif %}\n{% include 'ceph.j2' %}\n`;
    writeFileSync(file, `container_images_template:\n${entry('cron')}${conditional}`);
    const read = async (given: string) => {
      const { list, errors } = await readText(text(given), { tripleoTemplate: file });
      return errors || list?.wanted.map(({ repository, tags }) => `${repository}:${tags[0]?.tag}`);
    };
    expect(await read('false')).toEqual(['r/n/cron:1.10', 'r/n/fluentd:1.10', 'r/n/ceph:1.10']);
    expect(await read('true')).toEqual(['r/n/cron:1.10', 'r/n/ceph:1.10']);
    rmSync(folder, { recursive: true });
  });

  it('says what is wrong', async () => {
    const text = `parameter_defaults:
  DockerAodhApiImage: undercloud:8787/Aodh:1
  ContainerImageRegistryCredentials: {quay.io: {jo: a, al: b}}
  ContainerImagePrepare:
  - tag_from_label: rdo_version
    modify_role: tripleo-modify-image
`;
    expect((await readText(text, { tripleoTemplate: template })).errors).toMatchInlineSnapshot(`
      "6:5 modify_role: images are copied as they are, none is rebuilt on the way (build the changed image (buildah, docker build), push it, and list it by its own name and tag)
      2:23 DockerAodhApiImage: "undercloud:8787/Aodh:1" is not an image: repositories are written in small letters: aodh
      3:39 quay.io: a registry has one user here, found 2"
    `);
    expect((await readText('parameter_defaults: {ContainerImagePrepare: [{}]}\n')).errors).toMatchInlineSnapshot(
      `"1:22 ContainerImagePrepare is worked out with TripleO's template of images, and none is given (give it with --template (image_sync_template in the role), or put it beside this file: it is tripleo_containers.yaml.j2 or overcloud_containers.yaml.j2, below /usr/share on an undercloud, in container-images)"`,
    );
    const more = 'parameter_defaults:\n  ContainerImagePrepare:\n  - exclude: [a]\n    set: [a]\n';
    expect((await readText(more, { tripleoTemplate: template })).errors).toMatchInlineSnapshot(`
      "4:10 parameter_defaults.ContainerImagePrepare[0].set: expected a map, found a list of 1
      3:5 parameter_defaults.ContainerImagePrepare[0]: unknown key "exclude" (did you mean "excludes"? expected set, push_destination, pull_source, tag_from_label, excludes, includes, multi_arch, modify_role, modify_vars, modify_append_tag, modify_only_with_labels or modify_only_with_source)"
    `);
  });
});

describe("TripleO's template", () => {
  it('is a list too', async () => {
    const text = 'container_images_template:\n- {imagename: "{{namespace}}/{{name_prefix}}a:{{tag}}"}\n';
    const { list } = await readText(text, { file: 'x.j2', prepare: { pushDestination: 'depot:5000' } });
    expect(inShort(list)).toMatchInlineSnapshot(
      `"?: docker.io/tripleoqueens/centos-binary-a -> depot:5000/tripleoqueens/centos-binary-a | :current-tripleo"`,
    );
  });
});
