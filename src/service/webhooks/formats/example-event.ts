import { randomUUID } from 'node:crypto';
import { type ToldEvent, testKind } from './told-event.js';

/** Makes the event that a test of a webhook sends: like a push of a tag. */
export function exampleEvent(
  given: Pick<ToldEvent, 'source' | 'actor' | 'at'> & { readonly registry: string },
): ToldEvent {
  const registry = given.registry === '' ? 'example' : given.registry;
  const repository = 'team/app';
  return {
    ...given,
    registry,
    id: randomUUID(),
    kind: testKind,
    subject: `${registry}/${repository}:1.2`,
    repository,
    host: 'registry.example.com',
    isPublic: false,
    data: {
      tag: '1.2',
      digest: `sha256:${'1'.repeat(64)}`,
      oldDigest: `sha256:${'0'.repeat(64)}`,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      bytes: 1024,
      platforms: ['linux/amd64'],
    },
  };
}
