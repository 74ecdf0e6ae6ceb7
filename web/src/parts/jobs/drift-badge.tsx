import type { ServiceDrift } from '../../../../src/service-client/service-types.js';
import { usePlace } from '../../kernel/place.js';
import { Age } from '../age.js';
import { Badge } from '../badge.js';

const tones = { 'as-wanted': 'good', differs: 'warn', unknown: 'plain' } as const;

/** Shows whether a host or a registry is as the site says. */
export function DriftBadge({ drift }: { readonly drift: Pick<ServiceDrift, 'state'> | null | undefined }) {
  const { t } = usePlace();
  if (!drift) return <span class="muted">–</span>;
  return <Badge tone={tones[drift.state]}>{t(`drift.state.${drift.state}`)}</Badge>;
}

/** Says since when it is so, and why nothing is known where that is the case. */
export function DriftSince({ drift }: { readonly drift: ServiceDrift }) {
  const { t } = usePlace();
  const at = drift.state === 'differs' ? (drift.differsSince ?? drift.since) : drift.since;
  return (
    <>
      {drift.reason !== null && `${t(`drift.reason.${drift.reason}`)} `}
      {at !== null && <Age at={at} />}
    </>
  );
}
