import type { IncomingHttpHeaders } from 'node:http';
import { count } from '../../../text/count.js';
import { formatDuration } from '../../../text/format-duration.js';
import { RegistryError } from '../../registry-error.js';
import type { Limiter } from './limiter.js';
import { type Quota, quotaOf } from './quota.js';

/** Milliseconds of waiting for a quota at most. */
const longest = 3_600_000;
/** Milliseconds until a quota is looked at again, where the registry does not say when there is more. */
const again = 15 * 60_000;

/** Keeps the requests to one registry within its quota, and a part of that for others. */
export class QuotaGuard {
  readonly #host: string;
  readonly #limiter: Limiter;
  readonly #reserve: number;
  readonly #notice: (line: string) => void;

  #isReported = false;
  /** Time until which a wait is under way, and milliseconds of waits in a row. */
  #waitsUntil = 0;
  #waited = 0;
  /** Quota that is left, once waiting has not helped. */
  #spent: Quota | undefined;

  constructor(host: string, limiter: Limiter, reserve: number, notice: (line: string) => void) {
    this.#host = host;
    this.#limiter = limiter;
    this.#reserve = reserve;
    this.#notice = notice;
  }

  /** Refuses a request that would take of the reserve after an hour of waiting. @throws RegistryError `rate-limited` */
  check(attempt: string): void {
    if (this.#spent === undefined) return;
    const { left, size } = this.#spent;
    throw new RegistryError(
      'rate-limited',
      `could not ${attempt}: ${count(left, 'request')} of the quota${size === undefined ? '' : ` (${size})`} of ${this.#host} are left, and ${this.#reserve} are kept in reserve`,
      { hint: 'run it again later, lower the reserve, or log in with an account that may do more' },
    );
  }

  /**
   * Waits where nothing but the reserve is left of a quota until the time that the registry names. Where it names none
   * (Docker Hub, which counts pulls and not every request), fewer requests are sent at a time; when it has enough, it
   * answers 429. With a reserve, it is looked at again after a while.
   * @returns true where requests may be sent as fast, or faster
   */
  apply(headers: IncomingHttpHeaders): boolean {
    const quota = quotaOf(headers);
    if (quota === undefined) return true;
    if (quota.left > this.#reserve) {
      this.#waited = 0;
      return true;
    }
    const reset = quota.reset ?? (this.#reserve > 0 ? again : undefined);
    const wait = reset === undefined ? undefined : Math.min(reset, longest);
    if (wait === undefined) this.#limiter.recordOverload();
    else this.#wait(wait, quota);
    this.#report(quota, wait);
    return false;
  }

  #wait(milliseconds: number, quota: Quota): void {
    this.#limiter.pause(milliseconds);
    if (this.#reserve === 0 || Date.now() < this.#waitsUntil) return;
    this.#waitsUntil = Date.now() + milliseconds;
    this.#waited += milliseconds;
    if (this.#waited > longest) this.#spent = quota;
  }

  #report({ left, size }: Quota, wait: number | undefined): void {
    if (this.#isReported) return;
    this.#isReported = true;
    const next =
      wait === undefined ? 'going on with fewer requests at a time' : `waiting ${formatDuration(wait / 1000)}`;
    const its = `its quota${size === undefined ? '' : ` (${size})`}`;
    const state = left > 0 ? `is used up but for ${left}, which are kept in reserve` : 'is used up';
    this.#notice(`${this.#host}: ${its} ${state}, ${next}; with an account there may be more`);
  }
}
