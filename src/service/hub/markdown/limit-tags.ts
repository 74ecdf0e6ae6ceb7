/** Tags that are written without attributes. */
const plain = new Set([
  ...['p', 'br', 'hr', 'em', 'strong', 'del', 'code', 'pre', 'blockquote', 'ul', 'ol', 'li', 'sup'],
  ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'table', 'thead', 'tbody', 'tr', 'th', 'td'],
]);

/** Attributes that stay, with the form of their values. */
const kept: Readonly<Record<string, readonly [name: string, form: RegExp]>> = {
  ol: ['start', /^\d{1,9}$/],
  th: ['align', /^(?:left|right|center)$/],
  td: ['align', /^(?:left|right|center)$/],
  code: ['class', /^language-[\w+#.-]{1,40}$/],
};

/** Attribute of links: whose page they lead to gets no credit, and learns nothing. */
const rel = 'rel="nofollow noopener noreferrer"';

/**
 * Writes HTML of a Markdown renderer again with the tags and attributes of a list alone; others are left out, their text stays. All
 * that stays is made anew here, so that what the renderer lets through is not what keeps a page safe. Texts must be escaped already.
 */
export function limitTags(html: string): string {
  /** Links that are open, true for those that were written. */
  const links: boolean[] = [];
  return html.replace(/<[^<>]*>|[<>]/g, (text) => {
    const [, end = '', name = '', rest = ''] = /^<(\/?)([a-z][a-z0-9]*)((?:\s[^<>]*)?)>$/.exec(text) ?? [];
    const attributes = attributesOf(rest);
    if (name === 'a' && end !== '') return links.pop() === true ? '</a>' : '';
    if (name === 'a') {
      const target = targetOf(attributes.get('href'));
      const isWritten = target !== undefined && !links.includes(true);
      links.push(isWritten);
      return isWritten ? `<a href="${target}" ${rel}${titleOf(attributes.get('title'))}>` : '';
    }
    if (name === 'img') return pictureOf(attributes, links.includes(true));
    if (name === 'input') return attributes.has('checked') ? '☑' : '☐';
    if (!plain.has(name)) return '';
    const [attribute = '', form] = kept[name] ?? [];
    const value = attributes.get(attribute);
    const isKept = end === '' && value !== undefined && form?.test(value) === true;
    return isKept ? `<${name} ${attribute}="${value}">` : `<${end}${name}>`;
  });
}

/** Writes an image as a link: a page that loads it would tell its server who reads. */
function pictureOf(attributes: ReadonlyMap<string, string>, isInLink: boolean): string {
  const target = targetOf(attributes.get('src'));
  const alternative = attributes.get('alt') ?? '';
  if (isInLink || target === undefined) return alternative;
  return `<a href="${target}" ${rel}${titleOf(attributes.get('title'))}>${alternative === '' ? target : alternative}</a>`;
}

/** Returns the address of a link that leads elsewhere by http, https or mail; undefined for all others. */
function targetOf(escaped: string | undefined): string | undefined {
  return escaped !== undefined && /^(?:https?:\/\/|mailto:)[\x21-\x7e]+$/i.test(escaped) && !escaped.includes('"')
    ? escaped
    : undefined;
}

function titleOf(escaped: string | undefined): string {
  return escaped === undefined ? '' : ` title="${escaped}"`;
}

/** Reads attributes as the renderer writes them: `name="value"`, with quotes in values escaped. */
function attributesOf(text: string): ReadonlyMap<string, string> {
  return new Map([...text.matchAll(/\s([a-z]+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]));
}
