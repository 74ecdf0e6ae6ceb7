import type { IncomingMessage } from 'node:http';
import { isRecord } from '../../../model/is-record.js';
import { globProblem, type RetentionWishes } from '../gc/retain.js';
import { readBody } from '../uploads/receive.js';

/** Wishes of a request for upkeep. */
export interface UpkeepWish {
  readonly apply: boolean;
  readonly deleteUntagged: boolean;
  /** Seconds. */
  readonly grace: number | undefined;
  readonly retain: RetentionWishes | undefined;
  /** Bytes a second. */
  readonly rate: number | undefined;
}

/** Bytes of a request at most. */
const longest = 64 << 10;

/** Reads what a request wants; a text says what is wrong with it. A page of another site can't send this type unasked. */
export async function readWishes(request: IncomingMessage): Promise<UpkeepWish | string> {
  if (request.headers['content-type']?.split(';')[0]?.trim() !== 'application/json') {
    return 'the Content-Type must be application/json';
  }
  const body = await readBody(request, longest);
  if (typeof body === 'string') return 'the body is too long, or was cut';
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8') || '{}');
  } catch {
    return 'the body must be JSON';
  }
  if (!isRecord(value)) return 'the body must be an object';
  const { dryRun = false, deleteUntagged = false, grace, rate, retain: rules, ...unknown } = value;
  const [other] = Object.keys(unknown);
  if (other !== undefined)
    return `${JSON.stringify(other)} is unknown: write dryRun, deleteUntagged, grace, retain or rate`;
  if (typeof dryRun !== 'boolean' || typeof deleteUntagged !== 'boolean') {
    return 'dryRun and deleteUntagged must be true or false';
  }
  if (!isAmount(grace, 0)) return 'grace must be a number of seconds';
  if (!isAmount(rate, 1)) return 'rate must be a number of bytes per second';
  const retain = rules === undefined ? undefined : readRules(rules);
  return typeof retain === 'string' ? retain : { apply: !dryRun, deleteUntagged, grace, retain, rate };
}

/** Reads rules of retention; a text says what is wrong with them. */
export function readRules(value: unknown): RetentionWishes | string {
  if (!isRecord(value)) return 'retain must be an object';
  const { newest, youngerThan, keep = [], deny = [], allowEmpty = false, ...unknown } = value;
  const [other] = Object.keys(unknown);
  if (other !== undefined) {
    return `retain has ${JSON.stringify(other)}, which is unknown: write newest, youngerThan, keep, deny or allowEmpty`;
  }
  if (!isAmount(newest, 1)) return 'retain.newest must be a number from 1';
  if (!isAmount(youngerThan, 1)) return 'retain.youngerThan must be a number of seconds';
  if (typeof allowEmpty !== 'boolean') return 'retain.allowEmpty must be true or false';
  if (!isTexts(keep) || !isTexts(deny)) return 'retain.keep and retain.deny must be lists of texts';
  if (newest === undefined && youngerThan === undefined && keep.length === 0 && deny.length === 0) {
    return 'retain has no rule: give newest, youngerThan, keep or deny';
  }
  for (const glob of [...keep, ...deny]) {
    const problem = globProblem(glob);
    if (problem !== undefined) return `retain: ${JSON.stringify(glob)} ${problem}`;
  }
  return { newest, youngerThan, keep, deny, allowEmpty };
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

function isAmount(value: unknown, least: number): value is number | undefined {
  return value === undefined || (typeof value === 'number' && Number.isFinite(value) && value >= least);
}
