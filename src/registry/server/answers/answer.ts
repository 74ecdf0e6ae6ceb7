import type { FileHandle } from 'node:fs/promises';

/** Answer to a request. It is sent by send.ts; on HEAD without its body. */
export interface ServerAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | number | readonly string[]>>;
  readonly body?: Buffer | FilePart;
  /** Change that endpoints are notified of. */
  readonly event?: AnswerEvent;
}

/** Event that an answer tells of; the repository is that of the request. */
export interface AnswerEvent {
  readonly action: 'push' | 'pull' | 'mount' | 'delete';
  /** Not known where a tag is deleted. */
  readonly digest?: string;
  readonly mediaType?: string;
  readonly size?: number;
  readonly tags?: readonly string[];
  readonly fromRepository?: string;
}

/** Bytes of a file, from `start` on. Whoever sends it closes the file. */
export interface FilePart {
  readonly file: FileHandle;
  readonly start: number;
  readonly length: number;
  /**
   * Waits until there are bytes behind an offset, where the file still grows, and returns the end of those that may be
   * sent. @throws CutSource when no more will come
   */
  readonly grown?: (from: number) => Promise<number>;
}

/** Error of content that ends before its announced length: whoever made it has reported it. */
export class CutSource extends Error {}

/** Codes of the error body (distribution-spec, "Error Codes"), and those that docker-registry has beside them. */
export type ErrorCode =
  | 'BLOB_UNKNOWN'
  | 'BLOB_UPLOAD_INVALID'
  | 'BLOB_UPLOAD_UNKNOWN'
  | 'DENIED'
  | 'DIGEST_INVALID'
  | 'MANIFEST_BLOB_UNKNOWN'
  | 'MANIFEST_INVALID'
  | 'MANIFEST_UNKNOWN'
  | 'NAME_INVALID'
  | 'NAME_UNKNOWN'
  | 'PAGINATION_NUMBER_INVALID'
  | 'SIZE_INVALID'
  | 'TAG_INVALID'
  | 'TOOMANYREQUESTS'
  | 'UNAUTHORIZED'
  | 'UNKNOWN'
  | 'UNSUPPORTED';

/** Makes a refusal in the specification's words. */
export function refusal(status: number, code: ErrorCode, message: string, detail?: unknown): ServerAnswer {
  return json(status, { errors: [{ code, message, ...(detail === undefined ? {} : { detail }) }] });
}

/** Refuses a method; `methods` are those that the path takes (RFC 9110, 15.5.6). */
export function notAllowed(methods: string, why = 'the operation is unsupported'): ServerAnswer {
  const answer = refusal(405, 'UNSUPPORTED', why);
  return { ...answer, headers: { ...answer.headers, Allow: methods } };
}

/** Makes an answer in JSON. */
export function json(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string | number | readonly string[]>> = {},
): ServerAnswer {
  return {
    status,
    headers: { 'Content-Type': 'application/json; charset=utf-8', ...headers },
    body: Buffer.from(`${JSON.stringify(value)}\n`),
  };
}
