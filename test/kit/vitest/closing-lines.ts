import { readdirSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import type { Reporter, TestModule } from 'vitest/node';
import { labAvailability } from './availability.js';

/** Ends the run with what was left out and why, what failed, and the plain count: `N passed, N failed`. */
export default class ClosingLines implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string) => tests.filter((test) => test.result().state === state).length;
    const lab = labAvailability();
    if (!lab.possible) {
      console.log(`\nLeft out, the lab of real hosts cannot run here: ${lab.why}`);
      for (const file of labSuites()) console.log(`  ${file}`);
      console.log('To run them, on Debian or Ubuntu: sudo -E env -u PROVISION_LAB npm test');
    }
    const skipped = count('skipped');
    // Again, in a line each: of a long output, often only the end is kept.
    const failed = modules.flatMap((module) => {
      const name = module.relativeModuleId;
      const lines = [...module.children.allTests('failed')].map((test) =>
        lineOf(`${name} > ${test.fullName}`, test.result().errors),
      );
      const broken = [module, ...module.children.allSuites()].flatMap((each) => {
        const errors = each.errors();
        return errors.length > 0 ? [lineOf('fullName' in each ? `${name} > ${each.fullName}` : name, errors)] : [];
      });
      return [...lines, ...broken];
    });
    if (failed.length > 0) console.log(`\n${failed.join('\n')}`);
    console.log(`\n${count('passed')} passed, ${failed.length} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  }
}

function lineOf(name: string, errors: readonly { readonly message: string }[] = []): string {
  const said = stripVTControlCharacters(errors[0]?.message ?? '').slice(0, 200);
  return `failed: ${name}: ${said}`.replace(/\s+/g, ' ');
}

function labSuites(): string[] {
  const files = readdirSync(new URL('../../lab/suites', import.meta.url), { recursive: true, encoding: 'utf8' });
  return files.filter((file) => file.endsWith('.test.ts')).sort();
}
