/** List of the API: a page of it, and where the next begins. */
export interface Items<Item> {
  readonly items: readonly Item[];
  /** Null: there are no more. */
  readonly next?: string | null;
}
