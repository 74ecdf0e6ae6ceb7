import { type ImageFormat, type ImageSet, ImageSetMaker } from './image-set.js';

export interface BenchSetSize {
  readonly singles: number;
  readonly indexes: number;
  readonly platforms: number;
  /** Bytes of a layer. */
  readonly layerSize: number;
}

/** What the bench measures: 110 images, 380 distinct blobs, 190 manifests, 52 MB. */
export const benchSize: BenchSetSize = { singles: 100, indexes: 10, platforms: 8, layerSize: 256 * 1024 };

const architectures = ['amd64', 'arm64', 'ppc64le', 's390x', 'riscv64', '386', 'arm', 'mips64le', 'loong64', 'mipsle'];

/** Single images of five layers, four of which all have, and indexes whose platforms have three, two of which the same platform has in all. Each in a repository of its own, whose name has one part: skopeo sync keeps no other. */
export function benchSet(
  { singles, indexes, platforms, layerSize }: BenchSetSize,
  format: ImageFormat = 'docker',
): ImageSet {
  const set = new ImageSetMaker();
  const common = [1, 2, 3, 4].map((number) => set.layer(`common ${number}`, layerSize));
  for (let number = 1; number <= singles; number += 1) {
    const name = `single${number}`;
    const image = set.image(name, [...common, set.layer(`single ${number}`, layerSize)], { seed: name, format });
    set.tag(name, 'v1', image);
  }
  const base = architectures.slice(0, platforms).map((architecture) => ({
    architecture,
    layers: [1, 2].map((number) => set.layer(`${architecture} ${number}`, layerSize)),
  }));
  for (let number = 1; number <= indexes; number += 1) {
    const name = `multi${number}`;
    const children = base.map(({ architecture, layers }) => {
      const seed = `${name} ${architecture}`;
      return {
        architecture,
        manifest: set.image(name, [...layers, set.layer(seed, layerSize)], { seed, format, architecture }),
      };
    });
    set.tag(name, 'v1', set.index(name, children, format));
  }
  return set;
}
