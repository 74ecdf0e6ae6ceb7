import type { ComponentChildren } from 'preact';
import { usePlace } from '../../kernel/place.js';
import { Age } from '../../parts/age.js';
import { Badge } from '../../parts/badge.js';
import type { OverviewData } from './overview-data.js';
import { type Trouble, troublesOf } from './troubles-of.js';

/** Shows what fails or differs, the worst first, each with the page that mends it. */
export function Troubles({ data }: { readonly data: OverviewData }) {
  const { t } = usePlace();
  const troubles = troublesOf(data, t);
  if (troubles.length === 0) return <p class="note note-good">{t('overview.all-well')}</p>;
  return (
    <section aria-labelledby="troubles">
      <h2 id="troubles">{t('overview.troubles')}</h2>
      <ul class="rows">
        {troubles.map((trouble) => (
          <li key={trouble.key}>
            <Badge tone={trouble.tone}>{trouble.label}</Badge> {linked(trouble)}
            {trouble.detail !== '' && `: ${trouble.detail}`} <Age at={trouble.at} never="" />
            {trouble.hint !== null && <p class="muted">{trouble.hint}</p>}
          </li>
        ))}
      </ul>
    </section>
  );
}

function linked({ href, name }: Trouble): ComponentChildren {
  return href === null ? name : <a href={href}>{name}</a>;
}
