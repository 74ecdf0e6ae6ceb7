import { expect, test } from 'vitest';
import { findRuntime } from './detect.js';
import type { GcHost } from './runtime.js';

/** Makes a host that answers scripts by what is in them. */
function scripted(answers: Readonly<Record<string, string>>): GcHost {
  return {
    async run(script) {
      const key = Object.keys(answers).find((part) => script.script.includes(part));
      return { status: key === undefined ? 1 : 0, stdout: key === undefined ? '' : (answers[key] ?? ''), stderr: '' };
    },
  };
}

const unit = (exec: string) => `Id=docker-registry.service
LoadState=loaded
ActiveState=active
MainPID=812
User=docker-registry
ExecStart={ path=x ; argv[]=${exec} ; ignore_errors=no }
`;
const ofUnit = {
  'systemctl show': unit('/usr/bin/docker-registry serve /etc/docker/registry/config.yml'),
  '--version': 'docker-registry github.com/docker/distribution 2.8.2+ds1\n',
  'cat /etc/docker/registry/config.yml': 'storage: {filesystem: {rootdirectory: /srv/registry}}',
  '/proc/812/environ': '',
};

test('a unit that runs', async () => {
  const runtime = await findRuntime(scripted(ofUnit), {});
  expect(runtime).toMatchObject({
    name: 'docker-registry.service',
    version: 'docker-registry github.com/docker/distribution 2.8.2+ds1',
    root: '/srv/registry',
  });
});

test('the environment of the service says otherwise than its file', async () => {
  const runtime = await findRuntime(scripted({ ...ofUnit, '/proc/812/environ': '/mnt/nfs\n' }), {});
  expect(runtime.root).toBe('/mnt/nfs');
});

test('two that run, none that runs, and one that is only a container in a unit', async () => {
  const containers = { 'for engine in podman docker': 'podman mirror docker.io/library/registry:2\n' };
  await expect(findRuntime(scripted({ ...ofUnit, ...containers }), {})).rejects.toThrow(
    'several registries run there: docker-registry.service, mirror (podman)',
  );
  await expect(findRuntime(scripted({}), {})).rejects.toThrow('no registry runs there');
  const run = unit('/usr/bin/podman run --rm registry:2');
  await expect(findRuntime(scripted({ 'systemctl show': run }), {})).rejects.toThrow('runs a container');
});
