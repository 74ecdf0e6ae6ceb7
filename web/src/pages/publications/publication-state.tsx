import { usePlace } from '../../kernel/place.js';
import { Badge } from '../../parts/badge.js';

const tones = { published: 'good', unpublished: 'plain', unknown: 'plain', differs: 'warn' } as const;

/** Shows the state of a publication. */
export function PublicationState({ state }: { readonly state: keyof typeof tones }) {
  const { t } = usePlace();
  return <Badge tone={tones[state]}>{t(`publication.state.${state}`)}</Badge>;
}
