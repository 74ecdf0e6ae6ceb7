import { type Image, image, index, layer, ociLayer } from './image.js';
import { noise } from './layer.js';
import { services } from './upstream-names.js';

/**
 * All that upstream holds: the services of an OpenStack release, one layer of them common to all, one to each family,
 * one their own; some with a second tag; a busybox, a probe to run, and an index of two platforms.
 */
export function upstreamImages(busybox: Uint8Array): Image[] {
  const links = ['sh', 'cat', 'echo', 'ls', 'sleep', 'true', 'wget', 'httpd'];
  const base = layer([
    { path: 'bin/busybox', bytes: busybox, mode: 0o755 },
    ...links.map((name) => ({ path: `bin/${name}`, link: 'busybox' })),
  ]);
  const common = layer([{ path: 'usr/lib/openstack.bin', bytes: noise('openstack', 2_500_000), mode: 0o644 }]);
  const openstack = services.map(({ name, family }, index) => {
    const shared = layer([
      { path: `usr/lib/${family}.bin`, bytes: noise(family, 150_000 + 30_000 * (family.length % 7)), mode: 0o644 },
    ]);
    const own = layer([
      { path: `etc/${name}.bin`, bytes: noise(name, 4_000 + 9_000 * (index % 13) ** 2), mode: 0o644 },
    ]);
    const tags = name.endsWith('-api') ? ['13.0', 'latest'] : ['13.0'];
    return image(`rhosp13/openstack-${name}`, tags, [base, common, shared, own], ['echo', name]);
  });
  const mark = layer([{ path: 'etc/probe', bytes: Buffer.from('probe 1.0\n'), mode: 0o644 }]);
  return [
    ...openstack,
    image('library/busybox', ['1', 'latest'], [base], ['sh']),
    image('tools/probe', ['1.0'], [base, mark], ['cat', '/etc/probe']),
    index(
      'tools/multiarch',
      ['1.0'],
      ['amd64', 'arm64'].map((architecture) => {
        const note = layer(
          [{ path: 'etc/architecture', bytes: Buffer.from(`${architecture}\n`), mode: 0o644 }],
          ociLayer,
        );
        return { architecture, layers: [note] };
      }),
    ),
  ];
}
