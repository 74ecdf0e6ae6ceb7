import type { ServiceReferrerContent } from '../../../../src/service-client/service-types.js';
import { usePlace } from '../../kernel/place.js';
import { FactList } from '../../parts/fact-list.js';
import { SbomPackages } from './sbom-packages.js';

type Content = ServiceReferrerContent['contents'][number];

/** Shows the content of what is about an image. It says what stands there: nobody has verified that. */
export function ReferrerContent({ content }: { readonly content: ServiceReferrerContent | undefined }) {
  const { t } = usePlace();
  if (content === undefined) return <p class="note note-bad">{t('referrer.unreadable')}</p>;
  return (
    <div class="referrer-content" aria-live="polite">
      <p class="note note-warn">{t('referrer.not-verified')}</p>
      {content.contents.length === 0 && <p class="muted">{t('referrer.empty')}</p>}
      {content.contents.map((each, index) => (
        <OneContent key={index} content={each} />
      ))}
      {content.truncated && <p class="muted">{t('referrer.truncated')}</p>}
    </div>
  );
}

function OneContent({ content }: { readonly content: Content }) {
  const { t } = usePlace();
  switch (content.kind) {
    case 'sbom':
      return <SbomPackages sbom={content} />;
    case 'signature':
      return (
        <FactList
          facts={[
            [t('referrer.format'), content.format],
            [t('referrer.signed-digest'), content.signedDigest],
            [t('referrer.reference'), content.reference],
            [t('referrer.identity'), content.identity],
            [t('referrer.issuer'), content.issuer],
            [t('referrer.certificate'), content.certificate?.subject ?? t('referrer.by-key')],
            [t('referrer.certificate-issuer'), content.certificate?.issuer ?? ''],
            [
              t('referrer.valid'),
              content.certificate === null ? '' : `${content.certificate.validFrom} – ${content.certificate.validTo}`,
            ],
            [t('referrer.logged'), t(content.isLogged ? 'referrer.yes' : 'referrer.no')],
          ]}
        />
      );
    case 'provenance':
      return (
        <>
          <FactList
            facts={[
              [t('referrer.builder'), content.builder],
              [t('referrer.build-type'), content.buildType],
              [t('referrer.source'), content.source],
              [t('referrer.started'), content.startedAt],
              [t('referrer.finished'), content.finishedAt],
              [t('referrer.predicate'), content.predicateType],
            ]}
          />
          {content.materials.length > 0 && (
            <details>
              <summary>{t('referrer.materials', { n: content.materials.length })}</summary>
              <ul>
                {content.materials.map(({ uri, digest }) => (
                  <li key={uri + digest}>
                    <code>{uri}</code> <code class="muted">{digest}</code>
                  </li>
                ))}
              </ul>
            </details>
          )}
          {Object.keys(content.parameters).length > 0 && (
            <details>
              <summary>{t('referrer.parameters')}</summary>
              <pre class="wrapped">{JSON.stringify(content.parameters, undefined, 2)}</pre>
            </details>
          )}
        </>
      );
    case 'attestation':
    case 'other':
      return (
        <>
          <FactList
            facts={[
              [t('image.type'), content.mediaType],
              [t('referrer.predicate'), content.predicateType],
            ]}
          />
          {content.text !== '' && <pre class="wrapped">{content.text}</pre>}
        </>
      );
  }
}
