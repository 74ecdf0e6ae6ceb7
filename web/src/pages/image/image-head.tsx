import type { ServiceImage } from '../../../../src/service-client/service-types.js';
import { usePlace } from '../../kernel/place.js';
import { repositoryHref } from '../../kernel/references.js';
import { Badge } from '../../parts/badge.js';
import type { ImagePlace } from './image-data.js';

interface ImageHeadProps {
  readonly place: ImagePlace;
  readonly tag: string | undefined;
  readonly image: ServiceImage;
}

/** Shows the name of an image, and where it is. */
export function ImageHead({ place: { registry, repository }, tag, image: { digest, kind, signed } }: ImageHeadProps) {
  const { t } = usePlace();
  return (
    <>
      <nav class="crumbs" aria-label={t('crumbs.label')}>
        <a href="/repositories">{t('nav.repositories')}</a> /{' '}
        <a href={`/repositories?registry=${encodeURIComponent(registry)}`}>{registry}</a> /{' '}
        <a href={repositoryHref(registry, repository)}>{repository}</a>
      </nav>
      <h1 tabIndex={-1}>
        {repository}
        {tag === undefined ? `@${digest.slice(0, 19)}…` : `:${tag}`}
      </h1>
      <p class="badges">
        <Badge>{t(`image.kind.${kind}`)}</Badge>
        {signed && (
          <>
            {' '}
            <Badge tone="good">{t('tags.signed')}</Badge> <span class="muted">{t('image.not-verified')}</span>
          </>
        )}
      </p>
    </>
  );
}
