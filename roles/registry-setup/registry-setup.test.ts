import { describe, expect, it } from 'vitest';
import { parseVersion } from './instance/distribution-version.js';
import { parseRegistryState } from './registry-state.js';
import { parseContainer } from './runtime/registry-container.js';

const reply = (stdout: string) => ({ status: 0, stdout, stderr: '' });

describe('registry-setup', () => {
  it.each([
    ['{"repositories":["a","b"]}\n200\nactive\n', { repositories: ['a', 'b'], status: 200, isActive: true }],
    ['{"repositories":null}\n200\n', { repositories: [], isActive: false }],
    ['\n000\nread-only\n', { repositories: undefined, status: 0, readOnly: true }],
    ['{"errors":[]}\n401\n', { repositories: undefined, status: 401 }],
    ['<html>\n200\n', { repositories: undefined, status: 200 }],
  ])('reads what a registry answered: %j', (stdout, expected) => {
    expect(parseRegistryState(reply(stdout))).toMatchObject(expected);
  });

  it.each([
    ['true 0123\n', { status: 'running', made: '0123' }],
    ['false <no value>\n', { status: 'stopped', made: '' }],
    ['Error: No such object: registry\nengine 20.10.24\n', { status: 'absent' }],
    [
      'Error: No such object\nCannot connect to the Docker daemon\n',
      { status: 'no-docker', reason: 'Cannot connect to the Docker daemon' },
    ],
  ])('reads what docker says of a container: %j', (stdout, expected) => {
    expect(parseContainer(reply(stdout))).toMatchObject(expected);
  });

  it.each([
    ['docker-registry github.com/docker/distribution 2.8.2+ds1\n', '2.8.2'],
    ['registry github.com/docker/distribution v2.6.2+unknown\n', '2.6.2'],
    ['registry github.com/distribution/distribution/v3 v3.1.1\n', '3.1.1'],
    ['', undefined],
  ])('reads which version a registry is: %j', (stdout, expected) => {
    expect(parseVersion(stdout)).toBe(expected);
  });
});
