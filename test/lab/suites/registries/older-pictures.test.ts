import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labHost, type Scratch, scratch } from '../../../kit/inventory.js';
import { checkout, named, provisionJson } from '../../../kit/provision.js';
import { holding } from '../../../kit/vitest/holding.js';
import { makeUndercloud, openstackCalls } from '../../hosts/undercloud.js';
import { labUp, resetHost, ssh } from '../../lab.js';

holding('mirror', 'undercloud');

/** Images that both hosts have: the template of an overcloud has more than a registry of the older role's list. */
const images = ['aodh-api', 'cron', 'glance-api', 'redis'];

/** The two pictures of the older role's documentation, one after the other: `upstream` plays the net, `mirror` the local registry. */
describe('from the net to a registry, from there to an undercloud', () => {
  let folder: Scratch;
  const site = (name: string) => `${checkout}/examples/${name}/site.yaml`;
  let first: string[];
  let second: string[];

  beforeAll(async () => {
    await labUp({ vm: false, extra: ['mirror', 'undercloud'] });
    await resetHost('mirror', 'undercloud');
    await makeUndercloud('undercloud');
    folder = scratch();
    const inventory = {
      registry: {
        hosts: { mirror: labHost('mirror') },
        vars: { docker_registry_setup_upstream_hostname: 'upstream', docker_registry_setup_upstream_port: 5000 },
      },
      undercloud: {
        hosts: { undercloud: labHost('undercloud') },
        vars: {
          docker_registry_setup_upstream_hostname: 'mirror',
          docker_registry_setup_upstream_port: 5000,
          docker_registry_setup_prepare_excludes: [`^(?!.*openstack-(${images.join('|')}):)`],
        },
      },
    };
    const hosts = folder.write('hosts.json', JSON.stringify({ all: { children: inventory } }));
    first = [site('cdn-to-registry'), '-i', hosts];
    second = [site('registry-to-undercloud'), '-i', hosts];
  });
  afterAll(() => folder?.remove());

  const tagged = async (registry: string) => {
    const accept = 'Accept: application/vnd.docker.distribution.manifest.v2+json';
    const url = `http://${registry}/v2/rhosp13/openstack-cron/manifests/13.0`;
    const { stdout } = await ssh('undercloud', `curl -s -H '${accept}' ${url}`);
    return JSON.parse(stdout).config.digest;
  };

  it('brings the 44 images of an overcloud to a registry of its own', async () => {
    const run = await provisionJson(first);
    expect(named(run.tasks, 'failed', 'kept')).toEqual([]);
    const { stdout } = await ssh('mirror', 'curl -s http://mirror:5000/v2/_catalog?n=100');
    expect(JSON.parse(stdout).repositories).toHaveLength(44);
  });

  it('brings those that the undercloud lists from there, by the docker of the undercloud', async () => {
    const run = await provisionJson(second);
    expect(named(run.tasks, 'failed', 'kept')).toEqual([]);
    const calls = await openstackCalls('undercloud');
    expect(calls.map(({ words }) => words[3])).toEqual(['prepare', 'upload']);
    expect(calls[0]?.words).toContain('--namespace=mirror:5000/rhosp13');
    const { stdout } = await ssh('undercloud', 'curl -s http://undercloud:8787/v2/_catalog');
    expect(JSON.parse(stdout).repositories).toEqual(images.map((name) => `rhosp13/openstack-${name}`));
  });

  it("lets an image that came from upstream be pulled from the undercloud's registry", async () => {
    const pulled = await ssh('undercloud', 'docker pull undercloud:8787/rhosp13/openstack-cron:13.0');
    expect(pulled).toMatchObject({ exitCode: 0 });
    const { stdout } = await ssh(
      'undercloud',
      'docker image inspect -f {{.Id}} undercloud:8787/rhosp13/openstack-cron:13.0',
    );
    expect(stdout).toBe(await tagged('undercloud:8787'));
    expect(stdout).toBe(await tagged('upstream:5000'));
  });

  it('has nothing to do again, on either', async () => {
    for (const args of [first, second]) {
      const again = await provisionJson(args);
      expect(again.status).toBe(0);
      expect(named(again.tasks, 'changed', 'failed')).toEqual([]);
    }
    expect(await openstackCalls('undercloud')).toEqual([]);
  });
});
