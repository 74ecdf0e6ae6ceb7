import { describe, expect, it } from 'vitest';
import { matchesPlatform, platformError } from './platforms.js';

describe('platforms', () => {
  it.each([
    ['linux/amd64', { os: 'linux', architecture: 'amd64' }, true],
    ['linux/amd64', { os: 'linux', architecture: 'amd64', variant: 'v3' }, true],
    ['linux/amd64/v1', { os: 'linux', architecture: 'amd64' }, true],
    ['linux/amd64/v1', { os: 'linux', architecture: 'amd64', variant: 'v3' }, false],
    ['linux/arm64', { os: 'linux', architecture: 'arm64', variant: 'v8' }, true],
    ['linux/arm64/v8', { os: 'linux', architecture: 'arm64' }, true],
    ['linux/arm', { os: 'linux', architecture: 'arm', variant: 'v6' }, true],
    ['linux/arm/v7', { os: 'linux', architecture: 'arm', variant: 'v6' }, false],
    ['linux/arm/v7', { os: 'linux', architecture: 'arm', variant: '' }, true],
    ['linux/arm', { os: 'linux', architecture: 'arm64', variant: 'v8' }, false],
    ['windows/amd64', { os: 'windows', architecture: 'amd64', 'os.version': '10.0.17763.5' }, true],
    ['windows/amd64', { os: 'linux', architecture: 'amd64' }, false],
    ['linux/amd64', { os: 'unknown', architecture: 'unknown' }, false],
    ['nonsense', { os: 'linux', architecture: 'amd64' }, false],
  ])('%s and %o: %s', (wanted, platform, matches) => {
    expect(matchesPlatform(wanted, { variant: undefined, 'os.version': undefined, ...platform })).toBe(matches);
  });

  it.each([
    ['linux/amd64', undefined],
    ['linux/arm/v7', undefined],
    ['linux/sw64', undefined],
    ['arm64', 'must be os/arch or os/arch/variant: linux/arm64'],
    ['x86_64', 'must be os/arch or os/arch/variant: linux/amd64'],
    ['', 'must be os/arch or os/arch/variant, as linux/amd64'],
    ['Linux/amd64', 'must be os/arch or os/arch/variant, as linux/amd64'],
    ['linux/amd64/v1/x', 'must be os/arch or os/arch/variant, as linux/amd64'],
    ['linux/x86_64', 'must name the architecture as registries do: linux/amd64'],
    ['linux/armv7l', 'must name the architecture as registries do: linux/arm/v7'],
    ['linxu/amd64', 'must begin with an operating system; did you mean linux/amd64?'],
    ['linux/adm64', 'did you mean linux/amd64?'],
  ])('%j: %s', (text, error) => {
    expect(platformError(text)).toBe(error);
  });
});
