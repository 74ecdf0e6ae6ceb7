import { isRecord } from '../../../model/is-record.js';
import { parseBoundedJson } from '../../bounded-json.js';

/** Content of the body of an error: its codes in capital letters, and a text of them and the messages. */
export interface ErrorBody {
  readonly codes: readonly string[];
  readonly explanation: string;
  /** The explanation is the beginning of the body itself, which fits no form. */
  readonly quoted: boolean;
}

/** Parts of an answer of errors that is read as such. */
const mostErrorParts = 10_000;
/** Characters of an answer that is no JSON that are read: what a proxy says stands at the start of its page. */
const longestPage = 20_000;
/** Characters of an explanation, of JSON and of anything else. */
const [longestExplanation, longestQuote] = [400, 200];

/**
 * Reads the body of an error. distribution-spec has `{"errors":[{"code","message","detail"}]}`, of which all is optional;
 * token servers write `{"details"}` (Docker Hub) or `{"error","error_description"}` (RFC 6749, 5.2), Google
 * `{"error":{"code","message","status"}}`, others `{"message"}`, and proxies pages. What fits none is quoted as it is.
 */
export function readErrorBody(text: string): ErrorBody {
  const parts = partsOf(text);
  const explanation = parts
    .map(({ code = '', message = '' }) => [code, message].filter((word) => word !== '').join(': '))
    .join('; ')
    .slice(0, longestExplanation);
  if (explanation === '') return { codes: [], explanation: quotePage(text), quoted: true };
  const codes = parts.flatMap(({ code }) => (code === undefined ? [] : [code.toUpperCase()]));
  return { codes, explanation, quoted: false };
}

interface ErrorPart {
  readonly code: string | undefined;
  readonly message: string | undefined;
}

function partsOf(text: string): ErrorPart[] {
  let json: unknown;
  try {
    json = parseBoundedJson(text, mostErrorParts);
  } catch {
    return []; // A page: it is quoted.
  }
  if (!isRecord(json)) return partsIn(json);
  const { errors, error } = json;
  const code = firstText(error);
  const message = firstText(json.error_description, json.message, json.details);
  if (code !== undefined && message !== undefined) return [{ code, message }];
  return [errors, error, json].map(partsIn).find((parts) => parts.length > 0) ?? [];
}

function partsIn(value: unknown): ErrorPart[] {
  return [value].flat().flatMap((each) => partOf(each) ?? []);
}

/** Reads one error, of whatever shape; undefined where it says nothing. */
function partOf(value: unknown): ErrorPart | undefined {
  if (!isRecord(value)) {
    const message = firstText(value);
    return message === undefined ? undefined : { code: undefined, message };
  }
  const { code, status, message, Message, msg, details, detail, title } = value;
  const part = {
    code: firstText(code) ?? (/^[A-Z_]+$/.test(String(status)) ? String(status) : undefined),
    message: firstText(message, Message, msg, details, detail, title),
  };
  return part.code === undefined && part.message === undefined ? undefined : part;
}

/** Returns the first of some values that is a text with something in it. */
function firstText(...values: readonly unknown[]): string | undefined {
  const text = values.find((value) => typeof value === 'string' && value.trim() !== '');
  return typeof text === 'string' ? text.trim() : undefined;
}

/** Quotes a page; nothing of bytes that are no text. */
function quotePage(text: string): string {
  if (text.includes('\ufffd')) return '';
  return text
    .slice(0, longestPage)
    .replace(/<[^<>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, longestQuote);
}
