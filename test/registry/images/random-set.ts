import { ImageSetMaker, type MadeManifest } from '../proxy/image-set.js';
import { Seeded } from '../proxy/seeded.js';

const architectures = ['amd64', 'arm64', 's390x'];

/**
 * A small set of images from a seed, and what the target has already: single images and indexes of both formats, layers
 * that many share, tags on one manifest, signatures and artifacts attached, tags that are to move on from something older.
 */
export function randomSet(seed: string | number): { set: ImageSetMaker; before: ImageSetMaker } {
  const random = new Seeded(`set ${seed}`);
  const set = new ImageSetMaker();
  const before = new ImageSetMaker();
  const size = () => random.pick([0, 100, 5_000, 60_000, 400_000, random.between(1, 2_000_000)]);
  const shared = [1, 2, 3].map((number) => ({ name: `${seed} shared ${number}`, size: size() }));
  const layers = (maker: ImageSetMaker, name: string) => [
    ...shared.filter(() => random.next() < 0.6).map((layer) => maker.layer(layer.name, layer.size)),
    ...Array.from({ length: random.between(0, 2) }, (_, at) => maker.layer(`${seed} ${name} ${at}`, size())),
  ];
  for (let number = random.between(3, 8); number > 0; number -= 1) {
    const repository = random.pick(['app', 'team/web', 'a/b/c-d', 'base', 'team/db']) + number;
    const image = (name: string, maker = set, architecture = 'amd64') =>
      maker.image(repository, layers(maker, name), {
        seed: `${seed} ${name}`,
        format: random.pick(['docker', 'oci']),
        architecture,
      });
    for (let tag = random.between(1, 3); tag > 0; tag -= 1) {
      const name = `${repository} ${tag}`;
      const main = random.next() < 0.35 ? index(set, repository, name, image, random) : image(name);
      set.tag(repository, `v${tag}`, main);
      if (random.next() < 0.3) set.tag(repository, `also-${tag}`, main);
      if (random.next() < 0.3) attach(set, repository, name, main, random);
      if (random.next() < 0.25) before.tag(repository, `v${tag}`, image(`${name} older`, before));
    }
  }
  return { set, before };
}

function index(
  set: ImageSetMaker,
  repository: string,
  name: string,
  image: (name: string, maker: ImageSetMaker, architecture: string) => MadeManifest,
  random: Seeded,
): MadeManifest {
  const children = architectures
    .slice(0, random.between(1, architectures.length))
    .map((architecture) => ({ architecture, manifest: image(`${name} ${architecture}`, set, architecture) }));
  return set.index(repository, children, random.pick(['docker', 'oci']));
}

/** As cosign attaches (a tag made of the digest), or as OCI 1.1 does where the registry has no referrers API. */
function attach(set: ImageSetMaker, repository: string, name: string, to: MadeManifest, random: Seeded): void {
  const tag = to.digest.replace(':', '-');
  const isSignature = random.next() < 0.5;
  if (isSignature) set.tag(repository, `${tag}.sig`, set.artifact(repository, `${name} signature`));
  else set.tag(repository, tag, set.referrers(repository, [set.artifact(repository, `${name} note`, to)]));
}
