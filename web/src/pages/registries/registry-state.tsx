import type { ServiceRegistry } from '../../../../src/service-client/service-types.js';
import { usePlace } from '../../kernel/place.js';
import { Badge } from '../../parts/badge.js';
import { DriftBadge } from '../../parts/jobs/drift-badge.js';

/** Shows the state of a registry: whether it answers, and whether it is as wanted. */
export function RegistryState({ registry: { error, leaving, drift } }: { readonly registry: ServiceRegistry }) {
  const { t } = usePlace();
  return (
    <>
      {leaving && <Badge tone="busy">{t('registry.leaving')}</Badge>}
      {error !== '' && <Badge tone="bad">{t('overview.registry-fails')}</Badge>}{' '}
      {drift !== null && (drift.state !== 'unknown' || error === '') && <DriftBadge drift={drift} />}
      {drift === null && error === '' && !leaving && <span class="muted">{t('registry.not-managed')}</span>}
    </>
  );
}

/** Returns how much a registry needs a look: the larger, the more. */
export function urgencyOf({ error, drift }: ServiceRegistry): number {
  if (error !== '') return 3;
  return drift?.state === 'differs' ? 2 : drift?.state === 'unknown' ? 1 : 0;
}
