import { renderToString } from 'preact-render-to-string';
import { App } from './app.js';
import { Api, type ApiTransport } from './kernel/api/api.js';
import { groupOf, loadContent } from './kernel/load-page.js';
import { chooseLanguage, loadLanguage, translator } from './kernel/messages.js';
import { type Place, PlaceProvider } from './kernel/place.js';
import type { Session } from './kernel/session.js';
import type { PageState } from './kernel/state.js';
import { titleOf } from './kernel/title.js';

/** Request for a page. */
export interface PageRequest {
  /** Path and query. */
  readonly url: string;
  /** Sends requests to the API with the rights of the reader. */
  readonly transport: ApiTransport;
  /** Language that was chosen; undefined: none was. */
  readonly language: string | undefined;
  /** Value of `Accept-Language`. */
  readonly acceptedLanguages: string;
  /** Theme that was chosen, or that the operator wants; undefined: as the reader's system has it. */
  readonly theme: string | undefined;
  /** Addresses of what the page loads. */
  readonly script: string;
  readonly styles: readonly string[];
  /** Returns the addresses of the files that a part of the page is in, by its source: `src/messages/de.ts`. */
  readonly filesOf: (source: string) => readonly string[];
}

/** Page, made. */
export interface MadePage {
  readonly status: number;
  readonly html: string;
}

/** Makes a page with its data in it: it can be read before its script runs, and without that. */
export async function makePage(request: PageRequest): Promise<MadePage> {
  const api = new Api(request.transport);
  const session = (await api.find<Session>('/api/v1/session')) ?? null;
  const language = chooseLanguage(request.language, request.acceptedLanguages);
  await loadLanguage(language);
  const content = await loadContent(request.url, api, session);
  const state: PageState = { url: request.url, language, session, now: Date.now(), content };
  const t = translator(language);
  const nothing = () => {};
  const place: Place = {
    api,
    session,
    language,
    t,
    now: state.now,
    url: state.url,
    go: nothing,
    reload: async () => {},
    say: nothing,
    setSession: nothing,
  };
  const body = renderToString(
    <PlaceProvider value={place}>
      <App content={content} />
    </PlaceProvider>,
  );
  const theme = request.theme === 'light' || request.theme === 'dark' ? ` data-theme="${request.theme}"` : '';
  const group = groupOf(request.url);
  const parts = [`src/messages/${language}.ts`, ...(group === undefined ? [] : [`src/pages/${group}.ts`])];
  const early = new Set(parts.flatMap(request.filesOf));
  const html =
    `<!doctype html><html lang="${language}"${theme}><head><meta charset="utf-8">` +
    '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">' +
    `<title>${escapeHtml(titleOf(state, t))}</title><link rel="icon" href="data:,">` +
    request.styles.map((style) => `<link rel="stylesheet" href="${escapeHtml(style)}">`).join('') +
    // What the script is going to import comes beside it, and not one after the other.
    [...early].map((file) => `<link rel="modulepreload" href="${escapeHtml(file)}">`).join('') +
    `<script type="module" src="${escapeHtml(request.script)}"></script></head>` +
    `<body><div id="page">${body}</div>` +
    // No script: data. A `<` could end it.
    `<script type="application/json" id="state">${JSON.stringify(state).replaceAll('<', '\\u003c')}</script></body></html>`;
  return { status: 'problem' in content ? content.problem.status : 200, html };
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => entities[sign] ?? sign);
}
