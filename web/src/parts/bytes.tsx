import type { Language } from '../kernel/messages.js';
import { usePlace } from '../kernel/place.js';

const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** Shows a size; the exact one is its title. */
export function Bytes({ value }: { readonly value: number | null | undefined }) {
  const { language } = usePlace();
  if (value === null || value === undefined) return <span class="muted">–</span>;
  return (
    <span class="number" title={`${new Intl.NumberFormat(language).format(value)} B`}>
      {bytesText(value, language)}
    </span>
  );
}

/** Returns a size in words: "12.3 MB". */
export function bytesText(value: number, language: Language): string {
  let size = value;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || size >= 100 ? 0 : 1;
  return `${new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(size)} ${units[unit]}`;
}
