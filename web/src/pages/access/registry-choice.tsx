import type { ServiceRegistry } from '../../../../src/service-client/service-types.js';
import type { Api } from '../../kernel/api/api.js';
import type { Items } from '../../kernel/api/items.js';
import { usePlace } from '../../kernel/place.js';
import { Choice } from '../../parts/fields/choice.js';

interface RegistryChoiceProps {
  readonly registries: readonly string[];
  readonly value: string;
  /** Undefined: it stands in a form that is sent. */
  readonly onValue?: (value: string) => void;
}

/** Returns the names of the registries that the reader sees. */
export async function registryNames(api: Api): Promise<readonly string[]> {
  return ((await api.find<Items<ServiceRegistry>>('/api/v1/registries'))?.items ?? []).map(({ name }) => name);
}

/** Field of the registry that a right is about: one, or all. Nothing where there is one alone. */
export function RegistryChoice({ registries, value, onValue }: RegistryChoiceProps) {
  const { t } = usePlace();
  if (registries.length < 2 && value === '') return null;
  return (
    <Choice
      label={t('repository.registry')}
      name="registry"
      value={value}
      options={[
        { value: '', label: t('access.all-registries') },
        ...registries.map((name) => ({ value: name, label: name })),
      ]}
      {...(onValue === undefined ? {} : { onValue })}
    />
  );
}
