import type { ServiceImage } from '../../../../src/service-client/service-types.js';
import { usePlace } from '../../kernel/place.js';
import { imageHref } from '../../kernel/references.js';
import { Age } from '../../parts/age.js';
import { Bytes } from '../../parts/bytes.js';
import { CopyButton } from '../../parts/copy-button.js';
import { ShortDigest } from '../../parts/digest.js';
import type { ImagePlace } from './image-data.js';

interface ImageFactsProps {
  readonly place: ImagePlace;
  readonly image: ServiceImage;
}

/** Shows what is known of an image in a few lines. */
export function ImageFacts({ place: { registry, repository }, image }: ImageFactsProps) {
  const { t } = usePlace();
  const link = (digest: string) => (
    <ShortDigest key={digest} digest={digest} href={imageHref(registry, repository, digest)} />
  );
  return (
    <dl class="facts">
      <dt>{t(image.kind === 'index' ? 'image.index-digest' : 'tags.digest')}</dt>
      <dd>
        <code>{image.digest}</code> <CopyButton text={image.digest} />
      </dd>
      <dt>{t('tags.pushed')}</dt>
      <dd>
        <Age at={image.pushedAt} /> {image.pushedBy !== '' && t('tags.by', { name: image.pushedBy })}
      </dd>
      <dt>{t('image.created')}</dt>
      <dd>
        <Age at={image.createdAt} />
      </dd>
      <dt>{t('tags.size')}</dt>
      <dd>
        <Bytes value={image.bytes} /> <span class="muted">{t('image.compressed')}</span>
      </dd>
      {image.platform !== '' && (
        <>
          <dt>{t('tags.platform')}</dt>
          <dd>{image.platform}</dd>
        </>
      )}
      <dt>{t('image.type')}</dt>
      <dd>
        <code>{image.artifactType || image.mediaType || '–'}</code>
      </dd>
      <dt>{t('image.tags')}</dt>
      <dd>
        {image.tags.length === 0 ? (
          <span class="muted">{t('image.untagged')}</span>
        ) : (
          <ul class="names">
            {image.tags.map((tag) => (
              <li key={tag}>
                <a href={imageHref(registry, repository, tag)}>{tag}</a>
              </li>
            ))}
          </ul>
        )}
      </dd>
      {image.subject !== null && (
        <>
          <dt>{t('image.subject')}</dt>
          <dd>{link(image.subject)}</dd>
        </>
      )}
      {image.partOf.length > 0 && (
        <>
          <dt>{t('image.part-of')}</dt>
          <dd>{image.partOf.map(link)}</dd>
        </>
      )}
    </dl>
  );
}
