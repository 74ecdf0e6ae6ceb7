/** A unit as `systemctl show` tells it. */
export interface Unit {
  readonly unit: string;
  readonly active: boolean;
  readonly pid: number;
  /** Empty: root. */
  readonly user: string;
  readonly argv: readonly string[];
}

/** Reads blocks of `systemctl show -p Id -p LoadState -p ActiveState -p MainPID -p User -p ExecStart`. */
export function readUnits(text: string): Unit[] {
  const units = text.split(/\n\s*\n/).map((block) => {
    const values = new Map(
      block.split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    );
    const argv = /^(?:(?!argv\[\]=).)*argv\[\]=(.*?) ;/.exec(values.get('ExecStart') ?? '')?.[1] ?? '';
    return {
      unit: values.get('Id') ?? '',
      active: values.get('LoadState') === 'loaded' && values.get('ActiveState') === 'active',
      pid: Number(values.get('MainPID') ?? 0),
      user: values.get('User') ?? '',
      argv: argv.split(' ').filter((word) => word !== ''),
    };
  });
  // A name may be an alias of another.
  return [...new Map(units.filter(({ unit }) => unit !== '').map((unit) => [unit.unit, unit])).values()];
}
