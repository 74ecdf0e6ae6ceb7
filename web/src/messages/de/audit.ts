import type { audit as english } from '../en/audit.js';

/** Texte: Protokoll. */
export const audit = {
  'audit.filter': 'Filter des Protokolls',
  'audit.at': 'Zeit',
  'audit.actor': 'Konto',
  'audit.nobody': 'niemand',
  'audit.verb': 'Handlung',
  'audit.object': 'Gegenstand',
  'audit.outcome': 'Ergebnis',
  'audit.any-outcome': 'alle',
  'audit.outcome.done': 'getan',
  'audit.outcome.refused': 'abgewiesen',
  'audit.outcome.failed': 'fehlgeschlagen',
  'audit.since': 'Ab Tag (UTC)',
  'audit.until': 'Bis Tag (UTC)',
  'audit.detail': 'Einzelheiten',
  'audit.means': 'Mittels',
  'audit.request': 'Anfrage',
  'audit.none': 'Nichts dergleichen ist verzeichnet',
  'audit.all': 'Das ganze Protokoll',
} as const satisfies Record<keyof typeof english, unknown>;
