/** A part of a template: text to be written as it is, the edge of a tag, or a word within one. */
export interface Token {
  readonly kind: 'data' | 'open' | 'close' | 'name' | 'text' | 'number' | 'sign' | 'end';
  /** As it is meant: of a text in quotes, what is between them. */
  readonly text: string;
  /** Where it starts and ends in the template. */
  readonly at: number;
  readonly end: number;
}
