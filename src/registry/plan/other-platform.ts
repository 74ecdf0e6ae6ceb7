import { ContentReader } from '../admin/content-reader.js';
import { matchesPlatform } from '../lists/platforms.js';
import { platformText, type RawManifest, readManifest } from '../manifest.js';
import { RegistryError } from '../registry-error.js';
import type { SourceCache } from './source-cache.js';
import { targetNameOf, type WantedImage } from './wanted-image.js';

/**
 * Returns a note on an image for one platform that is none of those that are wanted: nothing else is there to choose, and
 * it is copied. Its configuration is read for that; none is returned where that can't be had.
 */
export async function noteOtherPlatform(raw: RawManifest, image: WantedImage, source: SourceCache): Promise<string[]> {
  const name = targetNameOf(image);
  const manifest = readManifest(raw, name);
  if (image.platforms === undefined || manifest.kind !== 'image') return [];
  try {
    const config = await new ContentReader(source.source).config(image.repository, manifest.config);
    const { os, architecture, variant } = config ?? {};
    if (!os || !architecture) return [];
    const platform = { os, architecture, variant };
    if (image.platforms.some((wanted) => matchesPlatform(wanted, platform))) return [];
    return [`${name} is for ${platformText(platform)} alone, not for ${image.platforms.join(', ')}`];
  } catch (error) {
    if (error instanceof RegistryError && error.kind !== 'interrupted') return []; // The copy meets it, and reports it.
    throw error;
  }
}
