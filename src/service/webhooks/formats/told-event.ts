/** Event as bodies tell of it. */
export interface ToldEvent {
  readonly id: string;
  /** ServiceEventKind, or `webhook.test`. */
  readonly kind: string;
  readonly subject: string;
  /** Empty: it is about none. */
  readonly registry: string;
  readonly repository: string;
  readonly at: number;
  /** Empty: nobody. */
  readonly actor: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** Address of the service. */
  readonly source: string;
  /** Address of the registry in references; empty: there is none. */
  readonly host: string;
  /** Everybody may pull from the repository. */
  readonly isPublic: boolean;
}

/** Kind of the event that a test of a webhook sends: formats tell of it as of a push. */
export const testKind = 'webhook.test';

/** Returns a field of an event's data that is a text; empty: it has none. */
export function textField({ data }: ToldEvent, name: string): string {
  const value = data[name];
  return typeof value === 'string' ? value : '';
}

/** Returns a field of an event's data that is a list of texts. */
export function listField({ data }: ToldEvent, name: string): readonly string[] {
  const value = data[name];
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

/** Returns the tag that an event is about, as clients name it: `registry.example.com/team/app:1.2`. */
export function eventReference(event: ToldEvent): string {
  const tag = textField(event, 'tag');
  return `${event.host}/${event.repository}${tag === '' ? '' : `:${tag}`}`;
}

/** Returns a repository's name in two parts: `team/sub` and `app`. */
export function splitRepository(repository: string): { readonly namespace: string; readonly name: string } {
  const slash = repository.lastIndexOf('/');
  return { namespace: repository.slice(0, Math.max(0, slash)), name: repository.slice(slash + 1) };
}
