import { visible } from '../../diagnostics/printable.js';

/** Attributes of an element, in order; undefined ones are omitted. */
export type XmlAttributes = Readonly<Record<string, string | number | undefined>>;

/** Returns an element of XML with other elements or a text in it; empty when it has neither. */
export function element(name: string, attributes: XmlAttributes, content: readonly string[] | string = []): string {
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

/** Escapes a text for XML 1.0. Code points that XML doesn't allow (https://www.w3.org/TR/xml/#charsets) are shown as codes. */
function xmlText(text: string): string {
  return visible(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
