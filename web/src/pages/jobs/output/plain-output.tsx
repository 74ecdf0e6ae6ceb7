import type { ServiceJobEvent } from '../../../../../src/service-client/service-types.js';
import { usePlace } from '../../../kernel/place.js';
import { describeEvent } from './describe-event.js';

/** Shows the last lines of an output as text: for readers without script. */
export function PlainOutput({ events }: { readonly events: readonly ServiceJobEvent[] }) {
  const { t } = usePlace();
  const lines = events.flatMap(({ event }) =>
    describeEvent(event, t).flatMap(({ host, name, line }) =>
      line === undefined
        ? []
        : [[host, name, line.text].filter((each) => each !== undefined && each !== '').join(' · ')],
    ),
  );
  return (
    <>
      <p class="muted">{t('output.last-lines')}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys. */}
      <pre class="output-plain" tabIndex={0}>
        {lines.join('\n')}
      </pre>
    </>
  );
}
