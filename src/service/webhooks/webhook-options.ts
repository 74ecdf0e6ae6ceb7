/** Options of webhooks. */
export interface WebhookOptions {
  /** Networks, addresses and names of hosts that are refused else, and may be sent to. */
  readonly allow: readonly string[];
  /** File of authorities that are trusted besides those that Node knows, PEM. */
  readonly caFile: string | undefined;
  /** Days for which events and deliveries are kept. */
  readonly days: number;
  /** Events, and deliveries, that are kept at most. */
  readonly rows: number;
}
