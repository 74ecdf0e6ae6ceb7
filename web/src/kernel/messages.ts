import type { ComponentChildren } from 'preact';
import type { Catalogue, Message, MessageKey } from './catalogue.js';

export type Language = 'en' | 'de';

const imports: Readonly<Record<Language, () => Promise<Catalogue>>> = {
  en: async () => (await import('../messages/en.js')).en,
  de: async () => (await import('../messages/de.js')).de,
};
const catalogues = new Map<Language, Catalogue>();

/** Loads the texts of a language, for {@link translator}. */
export async function loadLanguage(language: Language): Promise<void> {
  if (!catalogues.has(language)) catalogues.set(language, await imports[language]());
}

/** Languages by the names that their readers give them. */
export const languages: Readonly<Record<Language, string>> = { en: 'English', de: 'Deutsch' };

/** Values of a text's placeholders. A number `n` decides between its forms as well. */
export type MessageValues = Readonly<Record<string, string | number>>;

/** Returns a text in the reader's language, with values for `{name}`. */
export type Translate = (key: MessageKey, values?: MessageValues) => string;

/** Makes the function that translates, once the language is loaded. */
export function translator(language: Language): Translate {
  const catalogue = catalogues.get(language);
  if (catalogue === undefined) throw new Error(`the language ${language} is not loaded`);
  const numbers = new Intl.NumberFormat(language);
  return (key, values = {}) =>
    formOf(catalogue[key], language, values).replace(/\{(\w+)\}/g, (whole, name: string) => {
      const value = values[name];
      return value === undefined ? whole : typeof value === 'number' ? numbers.format(value) : value;
    });
}

/** Returns a text in pieces, with elements for `{name}`. */
export function withElements(text: string, elements: Readonly<Record<string, ComponentChildren>>): ComponentChildren[] {
  return text.split(/(\{\w+\})/).map((piece) => {
    const name = /^\{(\w+)\}$/.exec(piece)?.[1];
    return name !== undefined && name in elements ? elements[name] : piece;
  });
}

function formOf(message: Message, language: Language, values: MessageValues): string {
  if (typeof message === 'string') return message;
  return new Intl.PluralRules(language).select(Number(values.n)) === 'one' ? message.one : message.other;
}

/** Returns the language that a reader wants most: what was chosen, then what the browser prefers. */
export function chooseLanguage(chosen: string | undefined, accepted: string): Language {
  const known = (text: string | undefined): text is Language => text !== undefined && text in languages;
  if (known(chosen)) return chosen;
  const wishes = accepted
    .split(',')
    .map((each) => {
      const [name = '', ...more] = each.trim().split(';');
      const quality = more.map((part) => /^\s*q=([\d.]+)$/.exec(part)?.[1]).find((found) => found !== undefined);
      return { name: name.toLowerCase().split('-')[0] ?? '', quality: Number(quality ?? 1) };
    })
    .sort((a, b) => b.quality - a.quality);
  return (wishes.find(({ name, quality }) => quality > 0 && known(name))?.name as Language | undefined) ?? 'en';
}
