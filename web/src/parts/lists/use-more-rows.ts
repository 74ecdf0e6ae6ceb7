import { useState } from 'preact/hooks';
import type { Items } from '../../kernel/api/items.js';
import { usePlace } from '../../kernel/place.js';
import { type Action, useAction } from '../forms/use-action.js';

/** List that grows: its first page came with the page, the others when the reader gets to its end. */
export interface GrowingList<Item> {
  readonly items: readonly Item[];
  /** Null: that is all. */
  readonly next: string | null;
  readonly more: Action<readonly []>;
}

/** Lets a list grow by further pages of the API. It begins anew where its first page is another. */
export function useMoreRows<Item>(first: Items<Item>, pathAfter: (after: string) => string): GrowingList<Item> {
  const { api, say, t } = usePlace();
  const [grown, setGrown] = useState({ first, items: first.items, next: first.next ?? null });
  const now = grown.first === first ? grown : { first, items: first.items, next: first.next ?? null };
  const more = useAction(async () => {
    if (now.next === null) return;
    const page = await api.get<Items<Item>>(pathAfter(now.next));
    setGrown({ first, items: [...now.items, ...page.items], next: page.next ?? null });
    say(t('more.loaded', { n: now.items.length + page.items.length }));
  });
  return { items: now.items, next: now.next, more };
}
