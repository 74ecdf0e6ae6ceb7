import { expect, it } from 'vitest';
import { chainOf, chooseImage, idOfManifest, isImageId } from './image-ids.js';

const digest = (letter: string, length = 64) => `sha256:${letter.repeat(length)}`;
const manifest = (letter: string, platform: string, config: string | null = digest(letter)) => ({
  digest: digest('0'),
  config_digest: config,
  artifact_type: '',
  platform,
});

it('an image is called as engines call it; what is none, by its manifest', () => {
  expect(idOfManifest(manifest('a', ''))).toBe('a'.repeat(64));
  expect(idOfManifest(manifest('a', '', null))).toBe('0'.repeat(64));
  expect(idOfManifest({ ...manifest('a', ''), artifact_type: 'application/vnd.example' })).toBe('0'.repeat(64));
  expect(idOfManifest(manifest('a', '', `sha512:${'b'.repeat(128)}`))).toBe('b'.repeat(64));
});

it('images with the same base have its ids in common, and a layer that is there twice has two', () => {
  const [a, b, c] = [
    chainOf('top a', ['1', '2', '3']),
    chainOf('top b', ['1', '2', '4']),
    chainOf('top', ['1', '1', '1']),
  ];
  expect(a.slice(0, 2)).toEqual(b.slice(0, 2));
  expect([a[2], b[2]]).toEqual(['top a', 'top b']);
  expect(new Set(c).size).toBe(3);
  expect(c.slice(0, 2).every(isImageId)).toBe(true);
  expect([chainOf('top', []), chainOf('top', ['1'])]).toEqual([['top'], ['top']]);
});

it('of an index clients see the image for linux/amd64, else the first, and no attestation', () => {
  const [attestation, arm, amd] = [
    manifest('c', 'unknown/unknown'),
    manifest('b', 'linux/arm64'),
    manifest('a', 'linux/amd64'),
  ];
  expect(chooseImage([attestation, arm, amd])).toBe(amd);
  expect(chooseImage([attestation, arm])).toBe(arm);
  expect(chooseImage([attestation, manifest('a', '', null)])).toBeUndefined();
});
