import { Diagnostics, InputError } from '../../src/diagnostics/diagnostic.js';
import type { ImageList, WantedImages } from '../../src/registry/lists/image-list.js';
import { globPattern, matcherOf, parsePattern, regexPattern } from '../../src/registry/lists/pattern.js';
import { parseImageList } from '../../src/registry/lists/read.js';
import { semverRange } from '../../src/registry/lists/select-tags.js';
import { sortTags } from '../../src/registry/lists/tag-version.js';
import { isRegistryHost, isRepository, isTag } from '../../src/registry/names.js';
import { parseReference, referenceText } from '../../src/registry/reference.js';
import { RegistryError } from '../../src/registry/registry-error.js';
import { fuzz } from './fuzz.js';
import { promise, type Reader } from './reader.js';

const refuses = (error: unknown) => error instanceof RegistryError || error instanceof InputError;

const digest = `sha256:${'ab'.repeat(32)}`;

/** Names that a list gives go into addresses and paths: each has to be one. */
function checkNames({ wanted }: ImageList): void {
  for (const { repository, target, source, targetRegistry, tags } of wanted as readonly WantedImages[]) {
    if (typeof repository === 'string') promise(isRepository(repository), 'not a repository', repository);
    promise(isRepository(target.replaceAll('{repository}', 'a')), 'not a target', target);
    for (const host of [source, targetRegistry])
      promise(host === undefined || isRegistryHost(host), 'not a host', host);
    for (const { tag, targetTag } of tags) {
      promise(tag === undefined || isTag(tag), 'not a tag', tag);
      promise(targetTag === undefined || isTag(targetTag), 'not a tag', targetTag);
    }
  }
}

/** Texts of a list that runs something leave this behind. */
const canary = 'provisionFuzzed';

function list(name: string, file: string, seeds: readonly string[], words: readonly string[]): Reader {
  return {
    name,
    seeds,
    words,
    refuses,
    run(input) {
      const diagnostics = new Diagnostics();
      const read = parseImageList(file, input.toString('utf8'), { env: { NAME: 'value' } }, diagnostics);
      promise(!(canary in globalThis), 'a list ran a program', true);
      promise((read === undefined) === diagnostics.all.length > 0, 'refused without a word', read);
      if (read === undefined) return false;
      checkNames(read);
      return true;
    },
  };
}

const yaml = [
  'images:',
  'repositories:',
  'source: ',
  'target: ',
  'tags: ',
  'name: ',
  '{repository}',
  'platforms: ',
  digest,
];
const run = `globalThis.${canary}=1`;

fuzz([
  list(
    'our own list',
    'list.yaml',
    [
      `- team/web:1.0\n- registry.example.com/team/db@${digest}\n`,
      'images:\n  - name: team/web\n    tags: [1, "2.0"]\n    platforms: [linux/amd64]\n    target: mirror/web\n  - team/db:1\n',
      'images:\n  - name: team/web\n    source: docker.io\n    include: ["1.*", "/^v[0-9]+$/"]\n    exclude: ["*-rc*"]\n    semver: ">=1.2 <2"\n    latest: 3\n',
      'repositories:\n  - catalog: {include: ["team/**", "/a(b|c)/"]}\n    target: mirror/{repository}\n    tag: stable\n',
    ],
    [...yaml, 'include: ', 'exclude: ', 'semver: ', 'latest: '],
  ),
  list(
    'a list of one image a line',
    'list.txt',
    [`team/web:1.0\n# a comment\nbusybox\nr.example:5000/a/b@${digest}\n`],
    [digest, ':5000/', '@', '# '],
  ),
  list(
    'a list of skopeo sync',
    'skopeo.yaml',
    [
      'registry.example.com:\n  tls-verify: false\n  credentials:\n    username: a\n    password: b\n  images:\n    busybox: []\n    team/web:\n      - "1.0"\n      - "' +
        digest +
        '"\n  images-by-tag-regex:\n    nginx: ^1\\.13\\.[12]-alpine$\n  images-by-semver:\n    alpine: ">= 3.12.0"\n',
    ],
    ['images-by-tag-regex:', 'images-by-semver:', 'tls-verify: ', 'cert-dir: ', 'credentials:'],
  ),
  list(
    'a list of regsync',
    'regsync.yaml',
    [
      'version: 1\ncreds:\n  - registry: r.example.com:5000\n    user: "{{env \\"NAME\\"}}"\n    pass: x\n    tls: disabled\ndefaults:\n  parallel: 2\nsync:\n  - source: busybox:latest\n    target: r.example.com:5000/library/busybox:latest\n    type: image\n  - source: alpine\n    target: r.example.com:5000/library/alpine\n    type: repository\n    tags:\n      allow: ["3", "3.\\\\d+"]\n      deny: ["3.0"]\n',
    ],
    ['{{env "NAME"}}', '{{file "none"}}', '{{', '}}', 'type: ', 'tags:', 'allow: ', 'deny: ', 'creds:', 'sync:'],
  ),
  list(
    'a list of image-syncer',
    'syncer.yaml',
    [
      'quay.io/coreos/etcd:v1,v2: r.example.com/coreos/etcd\nquay.io/a/b: [r.example.com/a/b, r.example.com/a/c]\n',
      '{"quay.io/a/b:1": "r.example.com/a/b"}',
    ],
    ['quay.io/', ':v1,v2', '/^v/', digest],
  ),
  list(
    'an images file of TripleO',
    'containers.yaml',
    [
      'container_images:\n- imagename: docker.io/tripleoqueens/centos-binary-aodh-api:current\n- imagename: docker.io/tripleoqueens/centos-binary-nova:1\n  push_destination: 192.168.24.1:8787\n  image_source: kolla\n',
    ],
    ['imagename: ', 'push_destination: ', 'image_source: ', 'modify_role: '],
  ),
  list(
    'an environment file of TripleO',
    'environment.yaml',
    [
      'parameter_defaults:\n  DockerAodhApiImage: 192.168.24.1:8787/tripleoqueens/centos-binary-aodh-api:current\n  ContainerNovaImage: docker.io/a/b:1\n  DockerInsecureRegistryAddress: ["192.168.24.1:8787"]\n',
    ],
    ['parameter_defaults:', 'ContainerImagePrepare:', 'DockerXImage: ', 'push_destination: '],
  ),
  list(
    "TripleO's template of images",
    'overcloud_containers.yaml.j2',
    [
      'container_images_template:\n- imagename: "{{namespace}}/{{name_prefix}}aodh-api{{name_suffix}}:{{tag}}"\n  params: [DockerAodhApiImage]\n  services: [OS::TripleO::Services::AodhApi]\n{% if neutron_driver == "ovn" %}\n- imagename: "{{namespace}}/ovn:{{tag}}"\n{% endif %}\n{% for x in ["a", "b"] %}\n- imagename: "{{ceph_namespace}}/{{ceph_image}}:{{ceph_tag}}"\n  image_source: ceph\n{% endfor %}\n',
    ],
    [
      '{% set f = namespace %}',
      '{% set f$ = range %}',
      '{{ f$["con"~"structor"] }}',
      `{{ range["con"~"structor"]("${run}")() }}`,
      `{{ range|attr("constructor")("${run}") }}`,
      '{{ namespace.constructor }}',
      '{{ cycler }}',
      '{% for a in range(100000) %}',
      '{% macro m() %}',
      '{% include "/etc/hostname" %}',
      '{% raw %}',
      '{% if %}',
      '{% endif %}',
      '{% endfor %}',
      '|join',
      '.startswith("a")',
      'in ["a"]',
      '~',
      '[0]',
    ],
  ),
  {
    name: 'a reference',
    seeds: [
      `registry.example.com:5000/team/web:1.0@${digest}`,
      'busybox',
      'localhost/a/b__c/d-e.f:T_a.g-1',
      '[::1]:5000/a:1',
    ],
    words: [digest, '@', ':', '/', 'localhost', 'index.docker.io/', '[::1]', 'library/', 'https://'],
    refuses,
    run(input) {
      const text = input.toString('utf8');
      const read = parseReference(text);
      promise(isRegistryHost(read.registry), 'not a host', read.registry);
      promise(isRepository(read.repository), 'not a repository', read.repository);
      promise(
        referenceText(parseReference(referenceText(read))) === referenceText(read),
        'read again it differs',
        read,
      );
      return true;
    },
  },
  {
    name: 'a pattern of tags',
    seeds: ['1.*', '/^v[0-9]+\\.[0-9]+$/', '{a,b}/**', '@(x)', '>=1.2 <2 || ^3.1.0-rc.1'],
    words: ['(?:', '(?=a)', '[[:alpha:]]', '{1,1000}', '@(a|b)', '+(a)', '\\p{L}', '\\1', '||', '~', '^', 'x', '**/'],
    refuses,
    run(input) {
      const text = input.toString('utf8');
      for (const pattern of [parsePattern(text), globPattern(text), regexPattern(text, true)]) {
        if (!('error' in pattern))
          for (const tag of ['1.0', 'v2.10.0-rc.1', 'aaaaaaaa', 'latest']) matcherOf(pattern)(tag);
      }
      const range = semverRange(text);
      promise(sortTags([text, '1.0']).join() === sortTags(['1.0', text]).join(), 'no order', text);
      return range !== undefined || !('error' in parsePattern(text));
    },
  },
]);
