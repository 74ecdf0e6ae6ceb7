import { readdirSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';
import { labAvailability } from './availability.js';

/** Ends the run with what was left out and why, and the plain count: `N passed, N failed`. */
export default class ClosingLines implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string) => tests.filter((test) => test.result().state === state).length;
    const broken = modules.filter(
      (module) => module.state() === 'failed' && [...module.children.allTests('failed')].length === 0,
    );
    const lab = labAvailability();
    if (!lab.possible) {
      console.log(`\nLeft out, the lab of real hosts cannot run here: ${lab.why}`);
      for (const file of labSuites()) console.log(`  ${file}`);
      console.log('To run them, on Debian or Ubuntu: sudo -E env -u PROVISION_LAB npm test');
    }
    const skipped = count('skipped');
    const failed = count('failed') + broken.length;
    console.log(`\n${count('passed')} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  }
}

function labSuites(): string[] {
  const files = readdirSync(new URL('../../lab/suites', import.meta.url), { recursive: true, encoding: 'utf8' });
  return files.filter((file) => file.endsWith('.test.ts')).sort();
}
