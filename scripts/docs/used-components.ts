type Json = Record<string, unknown>;

const place = '#/components/schemas/';

/**
 * Leaves only schemas that are used in a description, and gives those that requests have the plain name where answers have
 * none of it: `NewUser`, not `NewUserInput`.
 */
export function usedComponents(document: Json): Json {
  const { schemas } = document.components as { schemas: Json };
  const used = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, each] of Object.entries(value)) {
      if (key !== '$ref' || typeof each !== 'string') {
        visit(each);
        continue;
      }
      const name = each.slice(place.length);
      if (used.has(name)) continue;
      used.add(name);
      visit(schemas[name]);
    }
  };
  visit(document.paths);
  const names = new Map([...used].map((name) => [name, plainName(name, used)]));
  const renamed = JSON.parse(JSON.stringify(document), (key, value) =>
    key === '$ref' && typeof value === 'string' ? `${place}${names.get(value.slice(place.length))}` : value,
  ) as Json;
  const components = renamed.components as { schemas: Json };
  const kept = [...names].map(([name, plain]) => [plain, components.schemas[name]] as const);
  components.schemas = Object.fromEntries(kept.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return renamed;
}

function plainName(name: string, used: ReadonlySet<string>): string {
  const plain = name.replace(/Input$/, '');
  return name === plain || used.has(plain) ? name : plain;
}
