/** Parts of a {@link TemplateError} beside its message. */
export interface TemplateErrorDetails {
  readonly hint?: string | undefined;
  readonly offset?: number;
  readonly variable?: string;
  /** Message and hint that quote the expression as a condition has it: without braces. */
  readonly withoutBraces?: { readonly message: string; readonly hint: string | undefined };
}

/** A template that cannot be read, or whose value cannot be made, worded for the person who wrote it. */
export class TemplateError extends Error {
  /** Way to write it instead. */
  readonly hint: string | undefined;
  /** Offset in the text of the template, in characters from its start. */
  readonly offset: number | undefined;
  /** Variable whose value has the error, where it isn't the rendered text itself. */
  readonly variable: string | undefined;
  /** Message and hint where the text is a condition. */
  readonly withoutBraces: TemplateErrorDetails['withoutBraces'];

  constructor(message: string, details: TemplateErrorDetails = {}) {
    super(message);
    this.name = 'TemplateError';
    this.hint = details.hint;
    this.offset = details.offset;
    this.variable = details.variable;
    this.withoutBraces = details.withoutBraces;
  }
}

/** A name in a template that nothing defines; `default` and `defined` are there for names that may be missing. */
export class UndefinedName extends TemplateError {
  override readonly name = 'UndefinedName';

  /** @param path the name, with the way to the part that is missing: `made.rc` */
  constructor(
    readonly path: string,
    message: string,
    details: TemplateErrorDetails = {},
  ) {
    super(message, details);
  }
}

/** A text was asked for that depends on something that is not known yet. */
export class TooEarly extends TemplateError {
  override readonly name = 'TooEarly';
}
