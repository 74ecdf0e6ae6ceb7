import type {
  ServiceImage,
  ServiceReferrerContent,
  SizedServiceRepository,
} from '../../../../src/service-client/service-types.js';
import { ApiError, apiPath } from '../../kernel/api/api.js';
import { imageApi, repositoryApi } from '../../kernel/api/api-paths.js';
import { definePage } from '../../kernel/page.js';
import { usePlace } from '../../kernel/place.js';
import { parseReference } from '../../kernel/references.js';
import { CopyCommands } from '../../parts/images/copy-reference.js';
import { Notices } from '../repositories/hub/notices.js';
import { ExplainAccess } from '../repositories/settings/explain-access.js';
import { DeleteImage } from './delete-image.js';
import { Elsewhere } from './elsewhere.js';
import { ImageConfig } from './image-config.js';
import { type ImageData, readTag } from './image-data.js';
import { ImageFacts } from './image-facts.js';
import { ImageHead } from './image-head.js';
import { Layers } from './layers.js';
import { NameValues } from './name-values.js';
import { Platforms } from './platforms.js';
import { Referrers } from './referrers.js';
import { TagHistory } from './tag-history.js';

/** Page of an image, by its tag or its digest. */
export const imagePage = definePage<ImageData>({
  title: (_, __, { registry, reference }) => `${reference} · ${registry}`,
  load: async ({ api, params, query }) => {
    const parsed = parseReference(params.reference ?? '');
    if (parsed === undefined) throw new ApiError({ status: 404, title: 'Not Found', detail: '', errors: [] });
    const place = { registry: params.registry ?? '', repository: parsed.repository };
    const [repository, { digest, moves }] = await Promise.all([
      api.get<SizedServiceRepository>(repositoryApi(place.registry, place.repository)),
      parsed.tagOrDigest.includes(':')
        ? { digest: parsed.tagOrDigest, moves: [] }
        : readTag(api, place, parsed.tagOrDigest),
    ]);
    const referrer = query.get('referrer');
    const [image, content] = await Promise.all([
      api.get<ServiceImage>(imageApi(place.registry, place.repository, digest)),
      referrer === null
        ? undefined
        : api.find<ServiceReferrerContent>(
            imageApi(place.registry, place.repository, digest, apiPath`/referrers/${referrer}/content`),
          ),
    ]);
    const tag = parsed.tagOrDigest.includes(':') ? undefined : parsed.tagOrDigest;
    return { repository, tag, image, moves, content };
  },
  View: ({ data: { repository, tag, image, moves, content }, query }) => {
    const { t } = usePlace();
    const place = { registry: repository.registry, repository: repository.name };
    return (
      <>
        <ImageHead place={place} tag={tag} image={image} />
        <Notices notices={repository.notices} />
        <section aria-labelledby="pull">
          <h2 id="pull">{t('image.pull')}</h2>
          <CopyCommands
            image={{ address: repository.address, repository: place.repository, tag, digest: image.digest }}
          />
        </section>
        <ImageFacts place={place} image={image} />
        <Platforms place={place} image={image} />
        <Layers place={place} image={image} />
        <ImageConfig config={image.config} />
        <NameValues id="labels" title={t('image.labels')} values={image.labels} isSearched />
        <NameValues id="annotations" title={t('image.annotations')} values={image.annotations} />
        <Referrers place={place} image={image} content={content} opened={query.get('referrer')} />
        <Elsewhere image={image} />
        {tag !== undefined && (
          <TagHistory
            place={place}
            tag={tag}
            digest={image.digest}
            moves={moves}
            mayRevert={repository.actions.includes('push')}
          />
        )}
        {repository.actions.includes('manage') && <ExplainAccess place={place} />}
        {repository.actions.includes('delete') && <DeleteImage place={place} tag={tag} image={image} />}
      </>
    );
  },
});
