import { usePlace } from '../kernel/place.js';

/** Tab of a page: a view of its own, which has an address. */
export interface Tab<Key extends string> {
  readonly key: Key;
  readonly label: string;
  readonly count?: number | undefined;
}

interface TabsProps<Key extends string> {
  readonly label: string;
  readonly tabs: readonly Tab<Key>[];
  readonly current: Key;
}

/** Leads to the views of a page: `?tab=KEY`; the first is without it. */
export function Tabs<Key extends string>({ label, tabs, current }: TabsProps<Key>) {
  const { url, t } = usePlace();
  const path = url.split('?')[0] ?? '/';
  return (
    <nav aria-label={label}>
      <ul class="tabs">
        {tabs.map(({ key, label: words, count }, index) => (
          <li key={key}>
            <a href={index === 0 ? path : `${path}?tab=${key}`} aria-current={key === current ? 'page' : undefined}>
              {count === undefined ? words : t('tabs.counted', { label: words, n: count })}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
