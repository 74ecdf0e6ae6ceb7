import type { Readable } from 'node:stream';

/** Container engines that images are taken from and brought to. */
export const engineNames = ['docker', 'podman', 'containerd'] as const;

export type EngineName = (typeof engineNames)[number];

/** An image that a container engine of this machine has. */
export interface EngineImage {
  /** Names with their tags, as the engine has them; none for an image without a name. */
  readonly names: readonly string[];
  /** Digest of the configuration; where the engine keeps manifests, that of the manifest or index. */
  readonly id: string;
  /** In bytes, as the engine counts them; undefined where it does not say. */
  readonly size: number | undefined;
  /** ISO 8601. */
  readonly created: string | undefined;
}

/** A container engine of this machine, by its command. */
export interface Engine {
  readonly name: EngineName;
  /** Lists all images. @throws RegistryError `unreachable` when the engine does not answer */
  list(): Promise<EngineImage[]>;
  /** Looks an image up by a name or id; undefined when it isn't there. @throws RegistryError `unreachable` */
  inspect(reference: string): Promise<EngineImage | undefined>;
  /** Prints images as a tar, the same whenever it is called. The stream fails when the engine does. */
  save(references: readonly string[]): Readable;
  /** Takes in the images of a tar: an OCI layout with docker's manifest.json. @throws RegistryError `server` with what the engine says */
  load(tar: Readable): Promise<void>;
  /** Platform of its containers: `linux/arm64`. */
  platform(): Promise<string>;
}
