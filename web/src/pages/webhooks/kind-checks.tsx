import { usePlace } from '../../kernel/place.js';
import { eventKinds } from './webhook-data.js';

interface KindChecksProps {
  readonly kinds: readonly string[];
  readonly onKinds: (kinds: readonly string[]) => void;
  readonly error?: string | undefined;
}

/** Fields of the events that a webhook hears of; none: of all. */
export function KindChecks({ kinds, onKinds, error }: KindChecksProps) {
  const { t } = usePlace();
  return (
    <fieldset class="checks">
      <legend>{t('webhooks.kinds')}</legend>
      <p class="hint">{t(kinds.length === 0 ? 'webhooks.kinds.all' : 'webhooks.kinds.some')}</p>
      {eventKinds.map((kind) => (
        <label key={kind}>
          <input
            type="checkbox"
            name="kinds"
            value={kind}
            checked={kinds.includes(kind)}
            onChange={({ currentTarget: { checked } }) =>
              onKinds(eventKinds.filter((each) => (each === kind ? checked : kinds.includes(each))))
            }
          />{' '}
          {t(`webhooks.kind.${kind}`)}
        </label>
      ))}
      {error !== undefined && <small class="field-error">{error}</small>}
    </fieldset>
  );
}
