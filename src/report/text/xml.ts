import { visible } from '../../diagnostics/printable.js';

/** Attributes of an element, in order; those that are undefined are left out. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** An element of XML: its parts below it, indented, or a text in it as it is; empty when it has neither. */
export function element(name: string, attributes: Attributes, content: readonly string[] | string = []): string {
  const given = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined
      ? []
      : [` ${key}="${xmlText(String(value)).replaceAll('\n', '&#10;').replaceAll('\t', '&#9;')}"`],
  );
  const start = `<${name}${given.join('')}`;
  if (content.length === 0) return `${start}/>`;
  if (typeof content === 'string') return `${start}>${xmlText(content)}</${name}>`;
  return [`${start}>`, ...content, `</${name}>`].join('\n');
}

/** A text as it may stand in a document of XML 1.0: what isn't a character there (https://www.w3.org/TR/xml/#charsets) is shown as a code. */
function xmlText(text: string): string {
  return visible(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
