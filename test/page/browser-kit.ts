import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';
import { checkout } from '../kit/provision.js';
import { findProgram } from '../lab/machine/packages.js';
import { admin, type TestService } from '../service/service-kit.js';

/** Folder of pictures: what a test has seen, to be looked at. */
const pictures = join(checkout, 'test/page/.pictures');

/** Window of a reader. */
export interface ReaderOptions {
  /** Default: the administrator `anna`. Null: nobody. */
  readonly as?: readonly [name: string, password: string] | null;
  readonly scheme?: 'light' | 'dark';
  /** Default: 1280. */
  readonly width?: number;
  readonly language?: string;
  /** False: the page's script does not run. */
  readonly script?: boolean;
}

/** Page of a reader, with what the browser complained about. */
export interface Reader {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors of the console, of scripts, and of the content policy. */
  readonly complaints: string[];
  /** Opens a path of the service. */
  open(path: string): Promise<void>;
  /** Checks what is shown: no violations of axe's rules, and nothing wider than the window. */
  expectWell(): Promise<void>;
  /** Keeps a picture of the whole page. */
  picture(name: string): Promise<void>;
  close(): Promise<void>;
}

let running: Promise<Browser> | undefined;

/** Starts Chromium, once for a file: end it by {@link closeBrowser}. */
function browser(): Promise<Browser> {
  running ??= chromium.launch({
    executablePath: findProgram('chromium') ?? 'chromium',
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--disable-background-networking',
      '--disable-dev-shm-usage',
    ],
  });
  return running;
}

/** Ends Chromium. */
export async function closeBrowser(): Promise<void> {
  const started = running;
  running = undefined;
  await (await started)?.close();
}

/** Opens a window, and logs in. */
export async function reader(service: Pick<TestService, 'url'>, options: ReaderOptions = {}): Promise<Reader> {
  const { as = admin, scheme = 'light', width = 1280, language = 'en', script = true } = options;
  const context = await (await browser()).newContext({
    viewport: { width, height: 800 },
    colorScheme: scheme,
    locale: language,
    javaScriptEnabled: script,
    reducedMotion: 'reduce',
    baseURL: service.url,
  });
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    // A refusal that a page asks for is told by the browser as well.
    const isRefusal = /^Failed to load resource: the server responded with a status of 4\d\d/.test(message.text());
    if (['error', 'warning'].includes(message.type()) && !isRefusal) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  if (as !== null) await logIn(page, service, as);
  return {
    page,
    context,
    complaints,
    open: async (path) => {
      await page.goto(path);
      if (script) await page.waitForSelector('html[data-live]', { state: 'attached' });
    },
    expectWell: async () => {
      expect(await violations(page)).toEqual([]);
      const [wide, window] = await page.evaluate<[number, number]>(
        '[document.documentElement.scrollWidth, innerWidth]',
      );
      expect(wide, 'the page is wider than its window').toBeLessThanOrEqual(window);
      expect(await page.evaluate<string[]>(cutOff), 'something is cut off').toEqual([]);
      expect(await page.evaluate<string[]>(squeezed), 'a text has no room').toEqual([]);
      expect(complaints).toEqual([]);
    },
    picture: async (name) => {
      await mkdir(pictures, { recursive: true });
      await page.screenshot({ path: join(pictures, `${name}-${width}-${scheme}.png`), fullPage: true });
    },
    close: async () => await context.close(),
  };
}

/** Texts of which a part can't be seen: cut off by what is around them, and neither scrolled to nor ended by an ellipsis. */
const cutOff = `[...document.querySelectorAll('main *')].filter((element) => {
  if (element.children.length > 0 || element.textContent.trim() === '' || element.closest('.visually-hidden')) return false;
  const { right, width, height } = element.getBoundingClientRect();
  if (width <= 1 || height <= 1) return false;
  for (let around = element; around instanceof HTMLElement; around = around.parentElement) {
    if (around.getBoundingClientRect().width <= 1) return false; // For readers of the screen.
    const { overflowX, textOverflow } = getComputedStyle(around);
    if (overflowX === 'auto' || overflowX === 'scroll' || textOverflow === 'ellipsis') return false;
    if (overflowX !== 'visible' && around !== element && right > around.getBoundingClientRect().right + 1) return true;
  }
  return right > innerWidth + 1;
}).map((element) => element.outerHTML.slice(0, 200))`;

/** Texts of several words that have less than the width of one: each letter or two stand on a line of their own. */
const squeezed = `[...document.querySelectorAll('main :is(dd, dt, td, th, p, li, small)')].filter((element) => {
  const { width, height } = element.getBoundingClientRect();
  const words = element.textContent.trim().split(/\\s+/).length;
  return words > 2 && width > 1 && width < 64 && height > width * 2 && !element.closest('.visually-hidden');
}).map((element) => element.outerHTML.slice(0, 200))`;

/** Logs in by the API: the session's cookie is then the browser's. */
async function logIn(page: Page, { url }: Pick<TestService, 'url'>, [name, password]: readonly [string, string]) {
  const answer = await page.request.post(`${url}/api/v1/session`, {
    data: { name, password },
    headers: { Origin: url },
  });
  expect(answer.status(), await answer.text()).toBe(201);
}

let axe: Promise<string> | undefined;

/** Returns what axe finds: the rule, and where. */
async function violations(page: Page): Promise<string[]> {
  axe ??= readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  await page.evaluate(await axe);
  return await page.evaluate(async () => {
    type Found = { readonly id: string; readonly nodes: readonly { readonly html: string }[] };
    const run = (globalThis as unknown as { axe: { run(options: object): Promise<{ violations: Found[] }> } }).axe.run;
    const found = await run({ resultTypes: ['violations'] });
    return found.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
  });
}

/** Windows in which each page is looked at. */
export const windows = [
  { scheme: 'light', width: 1280 },
  { scheme: 'dark', width: 1280 },
  { scheme: 'light', width: 320 },
  { scheme: 'dark', width: 320 },
] as const;
