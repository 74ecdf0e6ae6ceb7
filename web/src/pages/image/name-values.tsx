interface NameValuesProps {
  readonly id: string;
  readonly title: string;
  readonly values: Readonly<Record<string, unknown>>;
  /** True: a name leads to the search for all images that have the same value. */
  readonly isSearched?: boolean;
}

/** Shows names with their values, as an image has them; nothing where it has none. */
export function NameValues({ id, title, values, isSearched = false }: NameValuesProps) {
  const entries = Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
  if (entries.length === 0) return null;
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <dl class="facts">
        {entries.map(([name, value]) => {
          const text = typeof value === 'string' ? value : JSON.stringify(value);
          return [
            <dt key={`${name} name`}>
              {isSearched ? <a href={`/search?q=${encodeURIComponent(labelQuery(name, text))}`}>{name}</a> : name}
            </dt>,
            <dd key={`${name} value`}>{text}</dd>,
          ];
        })}
      </dl>
    </section>
  );
}

/** Returns a search for a label: with its value, where the search can hold that. */
function labelQuery(name: string, value: string): string {
  return /["*]/.test(value) || value.length > 200 ? `label:"${name}"` : `label:"${name}=${value}"`;
}
