import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Api } from './api/api.js';
import type { Language, Translate } from './messages.js';
import type { Session } from './session.js';

/** Surroundings of all parts of a page. */
export interface Place {
  readonly api: Api;
  readonly session: Session | null;
  readonly language: Language;
  readonly t: Translate;
  /** Time of the page's data, milliseconds since 1970: ages are told by it. */
  readonly now: number;
  /** Path and query of the page. */
  readonly url: string;
  /** Goes to another page of the service. */
  readonly go: (url: string, options?: { readonly replace?: boolean }) => void;
  /** Reads the page's data again. */
  readonly reload: () => Promise<void>;
  /** Says something to the reader, also to one who listens: "Copied". */
  readonly say: (text: string) => void;
  /** Sets the account after a login or logout. */
  readonly setSession: (session: Session | null) => void;
}

const PlaceContext = createContext<Place | undefined>(undefined);

export const PlaceProvider = PlaceContext.Provider;

/** Returns the surroundings of a part. */
export function usePlace(): Place {
  const place = useContext(PlaceContext);
  if (place === undefined) throw new Error('this part stands outside of a page');
  return place;
}
