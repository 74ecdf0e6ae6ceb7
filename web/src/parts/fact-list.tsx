interface FactListProps {
  /** Names with values; those without a value are left out. */
  readonly facts: readonly (readonly [name: string, value: string])[];
}

/** Shows texts by their names, as they are. */
export function FactList({ facts }: FactListProps) {
  return (
    <dl class="facts">
      {facts
        .filter(([, value]) => value !== '')
        .map(([name, value]) => [<dt key={`${name} name`}>{name}</dt>, <dd key={`${name} value`}>{value}</dd>])}
    </dl>
  );
}
