import { isRecord } from '../model/is-record.js';

/** Error of a service that could be reached, and stays away. */
export class ServiceAway extends Error {
  override readonly name = 'ServiceAway';
}

/** Refusal of a service (RFC 9457). */
export class ServiceProblem extends Error {
  readonly status: number;
  /** Places of the request that are wrong. */
  readonly errors: readonly { readonly pointer: string; readonly detail: string }[];

  private constructor(status: number, detail: string, errors: ServiceProblem['errors']) {
    super(detail);
    this.name = 'ServiceProblem';
    this.status = status;
    this.errors = errors;
  }

  /** Reads the body of a refusal; one of something else than a service gives its status. */
  static from(status: number, body: unknown): ServiceProblem {
    if (!isRecord(body) || typeof body.detail !== 'string') {
      return new ServiceProblem(status, `status ${status}, and not in the words of a provision service`, []);
    }
    const errors = Array.isArray(body.errors) ? body.errors : [];
    return new ServiceProblem(
      status,
      body.detail,
      errors.flatMap((each: unknown) =>
        isRecord(each) && typeof each.pointer === 'string' && typeof each.detail === 'string'
          ? [{ pointer: each.pointer, detail: each.detail }]
          : [],
      ),
    );
  }
}
