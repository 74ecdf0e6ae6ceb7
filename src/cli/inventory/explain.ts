import { visibleLine } from '../../diagnostics/printable.js';
import { isSecretName, maskSecretValues } from '../../diagnostics/secrets/secret-names.js';
import type { InventoryHost } from '../../inventory/inventory.js';
import { shortPath } from '../../report/text/short-path.js';
import { Data, isMap } from '../../vars/template/template-value.js';
import type { Variable } from '../../vars/variables.js';
import { SealedValue } from './sealed-value.js';

/**
 * Explains each variable of a host: its file and line, and below it the weaker values that it overrides, strongest
 * first. Encrypted values and passwords are not shown.
 *
 * @param folder paths below it are shown relative to it
 */
export function explainHost(host: InventoryHost, folder: string): string {
  const groups = ['all', ...host.groups].join(', ');
  const title = host.implicit ? `${host.name}, which no inventory names` : `${host.name}, in ${groups}`;
  const names = [...host.variables.keys()].sort();
  const lines = names.flatMap((name) => {
    const [winner, ...weaker] = host.tables.flatMap((table) => table.get(name) ?? []).reverse();
    if (winner === undefined) return [];
    return [
      `  ${name}: ${valueText(name, winner.value)}`,
      `      ${sourceOf(winner, folder)}`,
      ...weaker.map((variable) => `      overrides ${valueText(name, variable.value)}, ${sourceOf(variable, folder)}`),
    ];
  });
  return [title, ...(lines.length > 0 ? lines : ['  no variables'])].map(visibleLine).join('\n');
}

function sourceOf({ place, from }: Variable, folder: string): string {
  return place === undefined ? from : `${shortPath(place.file, folder)}:${place.line} (${from})`;
}

const longest = 200;

function valueText(name: string, value: unknown): string {
  if (value instanceof SealedValue) return '(encrypted)';
  if (isSecretName(name)) return '(secret)';
  const text = maskSecretValues(JSON.stringify(plain(value)));
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}

function plain(value: unknown): unknown {
  if (value instanceof SealedValue) return '(encrypted)';
  if (value instanceof Data) return value.value;
  if (Array.isArray(value)) return value.map(plain);
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, plain(part)]));
}
