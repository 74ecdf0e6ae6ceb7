/** Function that asks a person a question, and returns what was entered without showing it; empty for nothing. */
export type HiddenInput = (question: string) => Promise<string>;
