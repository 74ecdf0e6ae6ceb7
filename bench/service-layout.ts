import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Parts of a registry's folder that {@link writeRegistry} writes. */
interface RegistryParts {
  /** Default: team-0/app-0 and so on. */
  readonly nameOf?: (at: number) => string;
  /** Images that the tags of a repository lead to; default: two. */
  readonly images?: number;
}

/** Writes a registry's folder as docker-registry lays it out: so many repositories, and tags in each. */
export async function writeRegistry(
  dir: string,
  repositories: number,
  tags: number,
  { nameOf = (at) => `team-${at % 10}/app-${at}`, images = 2 }: RegistryParts = {},
): Promise<void> {
  const root = join(dir, 'docker/registry/v2');
  for (let at = 0; at < repositories; at += 1) {
    const home = join(root, `repositories/${nameOf(at)}`);
    const digests = [];
    for (let build = 0; build < images; build += 1) {
      const config = await blob(root, {
        os: 'linux',
        architecture: 'amd64',
        at: nameOf(at),
        created: new Date(1.7e12 + build * 60_000).toISOString(),
        config: { Labels: { team: `${at % 10}` } },
      });
      await link(join(home, '_layers/sha256', config.hex), config.digest);
      const manifest = await blob(root, {
        schemaVersion: 2,
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: config.digest, size: config.size },
        layers: [],
      });
      await link(join(home, '_manifests/revisions/sha256', manifest.hex), manifest.digest);
      digests.push(manifest);
    }
    for (let tag = 0; tag < tags; tag += 1) {
      const { digest = '', hex = '' } = digests[tag % images] ?? {};
      const folder = join(home, `_manifests/tags/1.${tag}`);
      await link(join(folder, 'current'), digest);
      await link(join(folder, 'index/sha256', hex), digest);
    }
  }
}

async function link(folder: string, digest: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'link'), digest);
}

async function blob(root: string, content: object): Promise<{ digest: string; hex: string; size: number }> {
  const bytes = Buffer.from(JSON.stringify(content));
  const hex = createHash('sha256').update(bytes).digest('hex');
  const folder = join(root, 'blobs/sha256', hex.slice(0, 2), hex);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'data'), bytes);
  return { digest: `sha256:${hex}`, hex, size: bytes.length };
}
