import type { ServiceImage, ServiceReferrerContent } from '../../../../src/service-client/service-types.js';
import { usePlace } from '../../kernel/place.js';
import { imageHref } from '../../kernel/references.js';
import { withQuery } from '../../kernel/with-query.js';
import { Badge } from '../../parts/badge.js';
import { Bytes } from '../../parts/bytes.js';
import { ShortDigest } from '../../parts/digest.js';
import type { ImagePlace } from './image-data.js';
import { ReferrerContent } from './referrer-content.js';

interface ReferrersProps {
  readonly place: ImagePlace;
  readonly image: ServiceImage;
  readonly content: ServiceReferrerContent | undefined;
  /** Digest of the one that is open. */
  readonly opened: string | null;
}

/** Shows what is about an image: signatures, SBOMs, provenance. One of them is open, where the address says so. */
export function Referrers({ place: { registry, repository }, image, content, opened }: ReferrersProps) {
  const { t, url } = usePlace();
  const { referrers } = image;
  return (
    <section aria-labelledby="referrers">
      <h2 id="referrers">{t('image.referrers', { n: referrers.length })}</h2>
      {referrers.length === 0 ? (
        <p class="muted">{t('image.no-referrers')}</p>
      ) : (
        <ul class="rows">
          {referrers.map(({ digest, kind, artifactType, bytes, via, about }) => (
            <li key={digest + about}>
              <Badge tone={kind === 'signature' ? 'good' : 'plain'}>{t(`referrer.kind.${kind}`)}</Badge>{' '}
              <code>{artifactType}</code> <Bytes value={bytes} />{' '}
              <ShortDigest digest={digest} href={imageHref(registry, repository, digest)} />{' '}
              <span class="muted">
                {t(`referrer.via.${via}`)}
                {about !== image.digest && ` ${t('referrer.about', { name: platformOf(about) })}`}
              </span>{' '}
              {opened === digest ? (
                <a href={withQuery(url, { referrer: undefined })}>
                  {t('referrer.close')}
                  <span class="visually-hidden"> {digest}</span>
                </a>
              ) : (
                <a href={withQuery(url, { referrer: digest })}>
                  {t('referrer.open')}
                  <span class="visually-hidden"> {digest}</span>
                </a>
              )}
              {opened === digest && <ReferrerContent content={content} />}
            </li>
          ))}
        </ul>
      )}
    </section>
  );

  function platformOf(digest: string): string {
    return image.platforms.find((each) => each.digest === digest)?.platform || digest.slice(0, 19);
  }
}
