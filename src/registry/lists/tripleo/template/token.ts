/** A part of a template: text to be written as it is, the edge of a tag, or a word within one. */
export interface Token {
  readonly kind: 'data' | 'open' | 'close' | 'name' | 'text' | 'number' | 'sign' | 'end';
  /** As it is meant: of a text in quotes, what is between them. */
  readonly text: string;
  /** Its start and end in the template, in characters. */
  readonly at: number;
  readonly end: number;
}
