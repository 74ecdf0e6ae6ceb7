import type { Selectable } from 'kysely';
import { Member } from '../../front/member.js';
import type { Database } from '../../store/database.js';
import type { ReconciliationRow } from '../../store/tables.js';
import type { TrustingRegistry } from '../../tokens/registries.js';
import { type HealthCheck, healthy, unhealthy } from './health-check.js';

/** Seconds by which the clocks of both may differ: tokens count from ten seconds before they are made, and registries add a minute. */
const tolerated = 60;
/** Milliseconds for an answer. */
const patience = 3000;

/** Checks the registries: the last look at each, whether it answers, its clock. @param every milliseconds between two looks */
export async function checkRegistries(
  { db }: Database,
  registries: readonly TrustingRegistry[],
  every: number,
  now = Date.now(),
): Promise<HealthCheck[]> {
  const rows = await db.selectFrom('reconciliations').selectAll().execute();
  const looks = registries.map(({ name }) =>
    checkLook(
      name,
      rows.find(({ registry }) => registry === name),
      every,
      now,
    ),
  );
  const asked = await Promise.all(registries.map((registry) => checkClock(registry)));
  return [...looks, ...asked.flatMap((each) => each ?? [])];
}

function checkLook(
  subject: string,
  row: Selectable<ReconciliationRow> | undefined,
  every: number,
  now: number,
): HealthCheck {
  const name = 'registry';
  if (row === undefined) {
    const hint = 'Wait for the first look at it, or ask for one: POST /api/v1/registries/NAME/reconcile';
    return unhealthy('warning', { name, subject, detail: 'it was not looked at yet', hint });
  }
  const { error, succeeded_at: at } = row;
  const age = at === null ? 'never' : `${Math.round((now - at) / 1000)} s ago`;
  if (error !== '') {
    const hint = 'See that it runs and can be reached from here, and that it trusts the tokens of this service';
    return unhealthy('failing', { name, subject, detail: `the last look failed: ${error}; it was read ${age}`, hint });
  }
  if (at === null || now - at > 3 * every + 60_000) {
    const hint = 'See the log of the service: looks at this registry take too long, or are not begun';
    return unhealthy('warning', { name, subject, detail: `it was read ${age}`, hint });
  }
  return healthy(name, `it was read ${age}`, subject);
}

/** Compares the clock of a registry with this one's; undefined: it is in this process, or does not say. */
async function checkClock({
  name: subject,
  host,
  ca,
  beside,
  members,
}: TrustingRegistry): Promise<HealthCheck | undefined> {
  if (beside !== undefined) return undefined;
  const member = new Member(members?.writer ?? host, ca);
  try {
    const asked = { method: 'GET', path: '/v2/', headers: {}, patience, signal: AbortSignal.timeout(patience) };
    const { headers } = await member.ask(asked).then((answer) => answer.resume());
    const there = Date.parse(headers.date ?? '');
    if (Number.isNaN(there)) return undefined;
    // A date has whole seconds.
    const seconds = Math.max(0, Math.round((Math.abs(Date.now() - there) - 1000) / 1000));
    const detail = `its clock and this one differ by ${seconds} s`;
    const hint = 'Set both by NTP: its tokens would not count yet, or no more';
    if (seconds < tolerated / 4) return healthy('clock', detail, subject);
    return unhealthy(seconds < tolerated ? 'warning' : 'failing', { name: 'clock', subject, detail, hint });
  } catch (error) {
    const detail = `it does not answer: ${error instanceof Error ? error.message : String(error)}`;
    const hint = 'See that it runs, and can be reached from here';
    return unhealthy('failing', { name: 'registry', subject, detail, hint });
  } finally {
    member.close();
  }
}
