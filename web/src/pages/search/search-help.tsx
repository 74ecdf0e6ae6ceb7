import type { MessageKey } from '../../kernel/catalogue.js';
import { usePlace } from '../../kernel/place.js';

const examples: readonly (readonly [query: string, meaning: MessageKey])[] = [
  ['team/app', 'search.help.name'],
  ['app tag:1.*', 'search.help.tag'],
  ['digest:sha256:4a1c', 'search.help.digest'],
  ['label:"maintainer=The team*"', 'search.help.label'],
  ['platform:linux/arm64', 'search.help.platform'],
  ['pushed:<30d', 'search.help.pushed'],
  ['team/* pushed:>1y', 'search.help.old'],
];

/** Says what can be searched for, with examples to be clicked. */
export function SearchHelp({ isOpen }: { readonly isOpen: boolean }) {
  const { t } = usePlace();
  return (
    <details class="search-help" open={isOpen}>
      <summary>{t('search.help')}</summary>
      <p>{t('search.help.text')}</p>
      <dl class="facts">
        {examples.map(([query, meaning]) => [
          <dt key={`${query} example`}>
            <a href={`/search?q=${encodeURIComponent(query)}`}>
              <code>{query}</code>
            </a>
          </dt>,
          <dd key={`${query} meaning`}>{t(meaning)}</dd>,
        ])}
      </dl>
    </details>
  );
}
