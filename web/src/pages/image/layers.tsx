import type { ServiceImage } from '../../../../src/service-client/service-types.js';
import { usePlace } from '../../kernel/place.js';
import { repositoryHref } from '../../kernel/references.js';
import { Bytes } from '../../parts/bytes.js';
import { ShortDigest } from '../../parts/digest.js';
import type { ImagePlace } from './image-data.js';

type ImageLayer = ServiceImage['layers'][number];

interface LayersProps {
  readonly place: ImagePlace;
  readonly image: ServiceImage;
}

/** Shows the layers of an image, each with the line of its history, and the lines that made none. */
export function Layers({ image: { layers, history } }: LayersProps) {
  const { t } = usePlace();
  if (layers.length === 0) return null;
  const byDigest = new Map(layers.map((layer) => [layer.digest, layer]));
  const isTold = history.some(({ layer }) => layer !== null);
  const largest = Math.max(1, ...layers.map(({ bytes }) => bytes));
  return (
    <section aria-labelledby="layers">
      <h2 id="layers">{t('image.layers', { n: layers.length })}</h2>
      <ol class="rows layers">
        {isTold
          ? history.map(({ createdBy, layer, comment }, index) => (
              <li key={index}>
                <HistoryLine text={createdBy || comment} />
                <LayerLine layer={layer === null ? undefined : byDigest.get(layer)} largest={largest} />
              </li>
            ))
          : layers.map((layer, index) => (
              <li key={index}>
                {layer.createdBy !== '' && <HistoryLine text={layer.createdBy} />}
                <LayerLine layer={layer} largest={largest} />
              </li>
            ))}
      </ol>
    </section>
  );
}

function HistoryLine({ text }: { readonly text: string }) {
  const { t } = usePlace();
  return text === '' ? <p class="muted">{t('image.no-history')}</p> : <pre class="history-line">{text}</pre>;
}

function LayerLine({ layer, largest }: { readonly layer: ImageLayer | undefined; readonly largest: number }) {
  const { t } = usePlace();
  if (layer === undefined) return <p class="muted">{t('image.no-layer')}</p>;
  const { digest, bytes, sharedBy, sharedWith } = layer;
  return (
    <div class="layer">
      <meter value={bytes} max={largest} aria-label={t('tags.size')} />
      <Bytes value={bytes} /> <ShortDigest digest={digest} />
      {sharedBy > 0 && (
        <details class="shared">
          <summary>{t('image.shared-by', { n: sharedBy })}</summary>
          <ul class="names">
            {sharedWith.map(({ registry, repository }) => (
              <li key={`${registry} ${repository}`}>
                <a href={repositoryHref(registry, repository)}>{repository}</a> <span class="muted">{registry}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}
