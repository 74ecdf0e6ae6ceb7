import type { en } from '../messages/en.js';

/** Text in one language; with forms where a number decides (`n`). */
export type Message = string | { readonly one: string; readonly other: string };

/** Key of a text: all that English has. */
export type MessageKey = keyof typeof en;

/** All texts of a language. */
export type Catalogue = Readonly<Record<MessageKey, Message>>;
