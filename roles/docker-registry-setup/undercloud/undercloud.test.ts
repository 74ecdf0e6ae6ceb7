import { describe, expect, it } from 'vitest';
import { listedImages } from './listed-images.js';
import { type PrepareSettings, prepareParameters, prepareWords, uploadWords } from './prepare-command.js';
import { headerOf, isPrepared, type PreparedFiles, readPrepared } from './prepared-files.js';
import { planPrepare } from './tripleo-prepare.js';

const asked: PrepareSettings = {
  namespace: 'cdn:443/rhosp13',
  destination: 'uc:8787',
  prefix: 'openstack-',
  tag: '13.0',
  tagFromLabel: undefined,
  set: {},
  excludes: [],
  options: [],
  imagesFile: 'images.yaml',
  environmentFile: 'overcloud.yaml',
};

describe('the commands of an undercloud', () => {
  it("are the older role's, to the letter", () => {
    expect(prepareWords('overcloud', asked).join(' ')).toMatchInlineSnapshot(
      `"overcloud container image prepare --namespace=cdn:443/rhosp13 --push-destination=uc:8787 --prefix=openstack- --output-env-file=overcloud.yaml --tag 13.0 --output-images-file=images.yaml"`,
    );
    const labelled = prepareWords('overcloud', { ...asked, tagFromLabel: '{version}-{release}' }).join(' ');
    expect(labelled).toContain(' --tag-from-label {version}-{release} ');
    expect(labelled).not.toContain('--tag 13.0');
    expect(uploadWords('overcloud', asked).join(' ')).toBe(
      'overcloud container image upload --verbose --config-file images.yaml',
    );
  });

  it('hand more over: to Queens by options, from Rocky on in a file', () => {
    const more = { ...asked, set: { neutron_driver: 'ovn' }, excludes: ['a|b'], options: ['-e', 'x.yaml'] };
    expect(prepareWords('overcloud', more).slice(-6)).toEqual([
      ...['--set', 'neutron_driver=ovn', '--exclude', 'a|b', '-e', 'x.yaml'],
    ]);
    expect(prepareWords('tripleo', more).join(' ')).toBe(
      'tripleo container image prepare -e images.yaml --output-env-file=overcloud.yaml -e x.yaml',
    );
    expect(prepareParameters({ ...more, tagFromLabel: 'rdo_version' })).toMatchInlineSnapshot(`
      "# Managed by provision.
      parameter_defaults:
        ContainerImagePrepare:
        - push_destination: "uc:8787"
          set:
            name_prefix: "openstack-"
            name_suffix: ""
            namespace: "cdn:443/rhosp13"
            neutron_driver: "ovn"
          tag_from_label: "rdo_version"
          excludes:
          - "a|b"
      "
    `);
  });
});

describe('what prepare left', () => {
  const reply = (stdout: string) => ({ status: 0, stdout, stderr: '' });
  const files: PreparedFiles = {
    client: 'overcloud',
    openstack: true,
    environmentExists: true,
    imagesExists: true,
    madeBy: headerOf('overcloud', asked),
    stale: false,
    listing: 'container_images:\n',
  };

  it('is read with the file as it is', () => {
    const head = `client overcloud\nopenstack yes\nmade ${files.madeBy}\nimages yes\nenvironment yes\n`;
    expect(readPrepared(reply(`${head}@listing\ncontainer_images:\n`))).toEqual(files);
    expect(readPrepared(reply('client tripleo\n'))).toMatchObject({ openstack: false, listing: undefined });
    expect(() => readPrepared({ ...reply(''), stderr: 'su: no stack' })).toThrow('su: no stack');
  });

  it('holds while both files are there, made by the same options; a dry run makes the same', () => {
    expect(isPrepared(files, asked)).toBe(true);
    expect(isPrepared(files, { ...asked, tag: '13.1' })).toBe(false);
    expect(isPrepared({ ...files, imagesExists: false }, asked)).toBe(false);
    expect(isPrepared({ ...files, stale: true }, asked)).toBe(false);
    expect(headerOf('tripleo', { ...asked, options: ['--dry-run'] })).toBe(headerOf('tripleo', asked));
  });

  it.each<[string, Partial<PreparedFiles>, string]>([
    ['as asked', {}, 'ok'],
    ['nothing', { environmentExists: false, imagesExists: false, madeBy: undefined }, 'change'],
    ['the list is missing', { imagesExists: false }, 'change'],
    ['other options', { madeBy: 'overcloud container image prepare --tag 12.0' }, 'kept'],
    ['written by hand', { madeBy: undefined }, 'kept'],
    ['only a list, of whichever options', { environmentExists: false, madeBy: undefined }, 'kept'],
    ['no command', { environmentExists: false, imagesExists: false, openstack: false }, 'refused'],
  ])('%s', (_, there, verdict) => {
    const planned = (force: boolean) => {
      const params = { asked, client: 'overcloud', dry_run: false, force } as const;
      return planPrepare({ ...files, ...there }, params).verdict;
    };
    expect(planned(false)).toBe(verdict);
    expect(planned(true)).toBe(verdict === 'refused' ? 'refused' : 'change');
  });

  it('lists images with where they come from and go to', () => {
    const list = `container_images:
- imagename: cdn:443/rhosp13/openstack-cron:13.0
  push_destination: uc:8787
- imagename: quay.io/ceph/daemon:v3
  push_destination: uc:8787
- imagename: cdn:443/rhosp13/openstack-cron:13.0
  push_destination: uc:8787
`;
    expect(listedImages('overcloud', list, asked)).toEqual([
      {
        source: 'cdn:443',
        name: 'rhosp13/openstack-cron',
        tag: '13.0',
        destination: 'uc:8787',
        target: 'rhosp13/openstack-cron',
      },
      { source: 'quay.io', name: 'ceph/daemon', tag: 'v3', destination: 'uc:8787', target: 'ceph/daemon' },
    ]);
    const parameters = `parameter_defaults:
  DockerCephDaemonImage: uc:8787/ceph/daemon:v3
  DockerCrondImage: uc:8787/rhosp13/openstack-cron:13.0
`;
    const sources = (set: Record<string, string>) =>
      listedImages('tripleo', parameters, { ...asked, set }).map(({ source }) => source);
    expect(sources({})).toEqual([undefined, 'cdn:443']);
    expect(sources({ ceph_namespace: 'quay.io/ceph' })).toEqual(['quay.io', 'cdn:443']);
    expect(() => listedImages('overcloud', 'container_images:\n- image: x\n', asked)).toThrow('imagename is required');
  });
});
