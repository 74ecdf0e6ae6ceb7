import type { ComponentChildren } from 'preact';
import { usePlace } from '../../kernel/place.js';
import { bytesText } from '../../parts/bytes.js';
import type { OverviewData } from './overview-data.js';

/** Drifted hosts that are read: there may be more. */
const mostDrift = 50;

/** Shows how much there is of everything, each with its page. */
export function OverviewCards({ data: { registries, jobs, drift, storage } }: { readonly data: OverviewData }) {
  const { t, language } = usePlace();
  const sum = (of: (registry: NonNullable<typeof storage>['registries'][number]) => number) =>
    (storage?.registries ?? []).reduce((all, registry) => all + of(registry), 0);
  const open = jobs?.filter(({ state }) => state !== 'done').length;
  const drifted = drift?.length === mostDrift ? `${mostDrift}+` : drift?.length;
  return (
    <ul class="cards">
      <Card href="/registries" label={t('nav.registries')} value={registries?.length} />
      <Card href="/jobs?state=open" label={t('overview.running')} value={open} />
      <Card href="/hosts?state=differs" label={t('overview.drifted')} value={drifted} />
      {storage !== undefined && (
        <Card
          href="/registries"
          label={t('overview.storage')}
          value={bytesText(
            sum(({ bytes }) => bytes),
            language,
          )}
        >
          <p class="muted">
            {t('overview.storage.free', {
              untagged: bytesText(
                sum(({ untaggedBytes }) => untaggedBytes),
                language,
              ),
              kept: bytesText(
                sum(({ keptBytes }) => keptBytes),
                language,
              ),
            })}{' '}
            <a href="/retention">{t('nav.retention')}</a>
          </p>
        </Card>
      )}
    </ul>
  );
}

interface CardProps {
  readonly href: string;
  readonly label: string;
  readonly value: number | string | undefined;
  readonly children?: ComponentChildren;
}

function Card({ href, label, value, children }: CardProps) {
  if (value === undefined) return null;
  return (
    <li class="card">
      <div class="card-number">{value}</div>
      <a href={href}>{label}</a>
      {children}
    </li>
  );
}
