import { type UnitFile, unitFolder } from '../unit-files.js';
import { unitWord, withoutSpecifiers } from '../unit-name.js';
import type { TimerParams } from './systemd-timer-params.js';

/** Returns the two unit files of a scheduled job. */
export function timerFiles(params: TimerParams): readonly UnitFile[] {
  const file = (suffix: string, lines: readonly string[]): UnitFile => ({
    path: `${unitFolder}/${params.name}.${suffix}`,
    text: `# Managed by provision.\n${lines.join('\n')}\n`,
  });
  return [file('service', serviceLines(params)), file('timer', timerLines(params))];
}

function serviceLines(params: TimerParams): readonly string[] {
  const { name, description = name, command = [], after_command, user, timeout, after, mounts } = params;
  return [
    '[Unit]',
    `Description=${withoutSpecifiers(description)}`,
    ...(after.length > 0 ? [`After=${after.map(unitWord).join(' ')}`] : []),
    ...(mounts.length > 0 ? [`RequiresMountsFor=${mounts.map(unitWord).join(' ')}`] : []),
    '',
    '[Service]',
    'Type=oneshot',
    `ExecStart=${commandLine(command)}`,
    ...(after_command === undefined ? [] : [`ExecStopPost=${commandLine(after_command)}`]),
    ...(user === undefined ? [] : [`User=${user}`]),
    ...(timeout === undefined ? [] : [`TimeoutStartSec=${timeout}`]),
  ];
}

function timerLines({ name, description = name, schedule = [], random_delay, persistent }: TimerParams) {
  return [
    '[Unit]',
    `Description=${withoutSpecifiers(description)}`,
    '',
    '[Timer]',
    ...schedule.map((each) => `OnCalendar=${withoutSpecifiers(each)}`),
    ...(random_delay > 0 ? [`RandomizedDelaySec=${random_delay}`] : []),
    ...(persistent ? ['Persistent=true'] : []),
    '',
    '[Install]',
    'WantedBy=timers.target',
  ];
}

/** Formats a command line; a plain dollar would name a variable. */
function commandLine(words: readonly string[]): string {
  return words.map((word) => unitWord(word).replaceAll('$', '$$$$')).join(' ');
}
