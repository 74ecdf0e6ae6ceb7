import type { ManifestPartRow } from '../../store/tables.js';

/** Step of an image's history, with the layer that it made. */
export interface HistoryStep {
  readonly createdBy: string;
  readonly createdAt: string | null;
  readonly comment: string;
  /** Null: it made none. */
  readonly layer: string | null;
  readonly bytes: number;
}

/**
 * Joins the steps of a history with the layers: each step that is not empty made the next one. Where the numbers differ, the
 * history is not that of these layers, and no step has any.
 */
export function joinHistory(
  steps: readonly {
    readonly createdBy: string;
    readonly createdAt: string | null;
    readonly comment: string;
    readonly isEmpty: boolean;
  }[],
  layers: readonly ManifestPartRow[],
): HistoryStep[] {
  const isWhole = steps.filter(({ isEmpty }) => !isEmpty).length === layers.length;
  let next = 0;
  return steps.map(({ isEmpty, ...step }) => {
    const layer = isWhole && !isEmpty ? layers[next++] : undefined;
    return { ...step, layer: layer?.digest ?? null, bytes: layer?.size ?? 0 };
  });
}
