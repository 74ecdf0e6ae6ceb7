import { nearest } from '../../diagnostics/nearest.js';
import type { Platform } from '../manifest.js';

const shape = /^([a-z0-9]+)\/([a-z0-9_]+)(?:\/([a-z0-9.]+))?$/;

/**
 * Returns true where a platform of an index is the wanted one, `os/arch[/variant]`. Without a variant any will do; with
 * one, `arm64` is `arm64/v8`, `arm` is `arm/v7`, `amd64` is `amd64/v1`. Versions of Windows don't count.
 */
export function matchesPlatform(wanted: string, platform: Platform): boolean {
  const [, os, architecture, variant] = shape.exec(wanted) ?? [];
  if (os !== platform.os || architecture !== platform.architecture) return false;
  return variant === undefined || variant === (platform.variant || defaultVariants[architecture ?? '']);
}

/** Returns the error of a text that is no platform, with what to write; undefined when it is one. */
export function platformError(text: string): string | undefined {
  const [, os, architecture = ''] = shape.exec(text) ?? [];
  const alias = aliases[os === undefined ? text : architecture];
  if (os === undefined) {
    const guess = alias ?? (architectures.includes(text) ? text : undefined);
    return `must be os/arch or os/arch/variant${guess === undefined ? ', as linux/amd64' : `: linux/${guess}`}`;
  }
  if (alias !== undefined) return `must name the architecture as registries do: ${os}/${alias}`;
  const near = systems.includes(os) ? undefined : nearest(os, systems);
  if (near !== undefined) return `must begin with an operating system; did you mean ${near}/${architecture}?`;
  const nearArchitecture = architectures.includes(architecture) ? undefined : nearest(architecture, architectures);
  return nearArchitecture === undefined ? undefined : `did you mean ${os}/${nearArchitecture}?`;
}

const defaultVariants: Readonly<Record<string, string>> = { arm64: 'v8', arm: 'v7', amd64: 'v1' };

const aliases: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  x64: 'amd64',
  i386: '386',
  i686: '386',
  x86: '386',
  aarch64: 'arm64',
  armhf: 'arm/v7',
  armv7: 'arm/v7',
  armv7l: 'arm/v7',
  armv6: 'arm/v6',
  armv6l: 'arm/v6',
  ppc64el: 'ppc64le',
};

/** Names as Go has them (image-spec, "Image Index": GOOS and GOARCH); others are taken too, unless they look like one of these. */
const systems = ['linux', 'windows', 'darwin', 'freebsd', 'netbsd', 'openbsd', 'solaris', 'aix', 'wasip1'];
const architectures = [
  ...['amd64', 'arm64', 'arm', '386', 'ppc64le', 'ppc64', 's390x', 'riscv64', 'loong64'],
  ...['mips', 'mipsle', 'mips64', 'mips64le', 'wasm'],
];
