import { visibleBlock } from '../diagnostics/printable.js';
import type { RunReport } from '../engine/events.js';
import type { Reporter } from './reporter.js';
import { type Failure, failureLines, isFailure } from './text/failure.js';
import { painter } from './text/paint.js';
import { outcomeText, type TaskEnd } from './text/task-text.js';
import { element } from './text/xml.js';

/** Verdict on a test case, in JUnit's words. */
interface Verdict {
  readonly kind: 'passed' | 'failure' | 'error' | 'skipped';
  readonly type?: string;
  readonly message?: string;
  readonly text?: string;
}

/** Test case: a task, or a host that failed. */
interface TestCase {
  readonly classname: string;
  readonly name: string;
  readonly seconds: number;
  readonly verdict: (differencesFail: boolean) => Verdict;
}

/** Test suite: a host. */
interface Suite {
  readonly started: string;
  readonly cases: TestCase[];
}

/**
 * Returns a reporter that writes JUnit's XML when the run has ended: a suite a host, a case a task. GitLab reads it, and it
 * fits Jenkins' schema (junit-10.xsd of its xUnit plugin). A failed task is a `failure`, unless it was ignored or rescued.
 * A host that couldn't be worked with is an `error`. A task that was not run, or is unknown with --check, is `skipped`.
 * Under --check --strict each difference is a `failure`, since the run fails for them.
 */
export function junitReporter(options: {
  readonly write: (text: string) => void;
  /** Name of the document: the site. */
  readonly name: string;
  /** Paths below this folder are given relative to it. */
  readonly cwd: string;
}): Reporter {
  const suites = new Map<string, Suite>();
  return {
    onEvent(event) {
      if (!('host' in event) || event.host === undefined) return;
      const suite = suites.get(event.host) ?? { started: event.time, cases: [] };
      suites.set(event.host, suite);
      if (event.event === 'task-end') suite.cases.push(taskCase(event, options.cwd));
      else if (isFailure(event)) suite.cases.push(hostCase(event, options.cwd));
    },
    end(report) {
      options.write(documentOf(options.name, suites, report));
    },
  };
}

function taskCase(event: TaskEnd, cwd: string): TestCase {
  return {
    // Jenkins reads the part before the last dot as a package: hosts are packages, roles their classes.
    classname: `${event.host}.${(event.role ?? event.play).replaceAll('.', '_')}`,
    name: `${event.handler ? 'handler ' : ''}${event.task}`,
    seconds: event.seconds,
    verdict: (differencesFail) => verdictOf(event, differencesFail, cwd),
  };
}

function verdictOf(event: TaskEnd, differencesFail: boolean, cwd: string): Verdict {
  const { outcome, summary, hint } = event;
  const text = [outcomeText(event, painter(false)), ...(hint === undefined ? [] : [visibleBlock(hint)])].join('\n');
  switch (outcome) {
    case 'ok':
      return { kind: 'passed' };
    case 'failed':
      if (event.ignored || event.rescued) return { kind: 'passed', text: failureLines(event, { cwd }).join('\n') };
      return { kind: 'failure', type: 'failed', message: summary, text: failureLines(event, { cwd }).join('\n') };
    case 'skipped':
      return { kind: 'skipped', message: summary };
    case 'changed':
      return { kind: 'passed', text };
    case 'kept':
    case 'would-change':
      return differencesFail ? { kind: 'failure', type: outcome, message: text, text } : { kind: 'passed', text };
    case 'unknown':
      return differencesFail
        ? { kind: 'failure', type: outcome, message: text, text }
        : { kind: 'skipped', message: text };
  }
}

function hostCase(event: Exclude<Failure, TaskEnd>, cwd: string): TestCase {
  const type = event.event === 'host-unreachable' ? event.problem : 'failed';
  const verdict: Verdict = {
    kind: 'error',
    type,
    message: visibleBlock(event.message),
    text: failureLines(event, { cwd }).join('\n'),
  };
  return {
    classname: `${event.host}.${event.play.replaceAll('.', '_')}`,
    name: 'host',
    seconds: 0,
    verdict: () => verdict,
  };
}

function documentOf(name: string, suites: ReadonlyMap<string, Suite>, report: RunReport): string {
  const differencesFail = report.exitStatus === 3;
  const judged = [...suites].map(([host, suite]) => ({
    host,
    suite,
    cases: numberDuplicates(suite.cases).map((each) => ({ ...each, verdict: each.verdict(differencesFail) })),
  }));
  const all = judged.flatMap(({ cases }) => cases);
  const elements = judged.map(({ host, suite, cases }) => {
    const time = seconds(report.hosts[host]?.seconds ?? 0);
    const timestamp = suite.started.slice(0, 19);
    return element(
      'testsuite',
      { name: host, ...counts(cases), time, timestamp, hostname: host },
      cases.map(caseElement),
    );
  });
  const { tests, failures, errors } = counts(all);
  const root = element('testsuites', { name, tests, failures, errors, time: seconds(report.seconds) }, elements);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n`;
}

type JudgedCase = Omit<TestCase, 'verdict'> & { readonly verdict: Verdict };

function caseElement({ classname, name, seconds: took, verdict }: JudgedCase): string {
  const { kind, type, message, text } = verdict;
  const inner =
    kind === 'passed'
      ? text === undefined
        ? []
        : [element('system-out', {}, text)]
      : [element(kind, { type, message }, text)];
  return element('testcase', { classname, name, time: seconds(took) }, inner);
}

function counts(cases: readonly { readonly verdict: Verdict }[]) {
  const of = (kind: Verdict['kind']) => cases.filter(({ verdict }) => verdict.kind === kind).length;
  return { tests: cases.length, failures: of('failure'), errors: of('error'), skipped: of('skipped') };
}

/** Numbers cases with the same name and class: GitLab shows only the first of them. */
function numberDuplicates(cases: readonly TestCase[]): TestCase[] {
  const seen = new Map<string, number>();
  return cases.map((each) => {
    const key = `${each.classname}\0${each.name}`;
    const times = (seen.get(key) ?? 0) + 1;
    seen.set(key, times);
    return times === 1 ? each : { ...each, name: `${each.name} (${times})` };
  });
}

function seconds(value: number): string {
  return value.toFixed(3);
}
