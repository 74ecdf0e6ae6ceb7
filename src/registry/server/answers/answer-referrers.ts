import type { Digest } from '../../digest.js';
import { mediaTypes } from '../../media-types.js';
import type { Store } from '../store.js';
import { type Answer, json } from './answer.js';

/** Lists what refers to a manifest; nothing does to one that isn't there (distribution-spec end-12a, 12b). */
export async function getReferrers(
  { referrers }: Store,
  name: string,
  subject: Digest,
  query: URLSearchParams,
): Promise<Answer> {
  const wanted = query.get('artifactType');
  const all = await referrers.of(name, subject);
  const manifests = wanted === null ? all : all.filter(({ artifactType }) => artifactType === wanted);
  return json(
    200,
    { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests },
    {
      'Content-Type': mediaTypes.ociIndex,
      ...(wanted === null ? {} : { 'OCI-Filters-Applied': 'artifactType' }),
    },
  );
}
