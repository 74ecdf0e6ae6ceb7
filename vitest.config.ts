import { defineConfig } from 'vitest/config';
import { labAvailability } from './test/availability.js';

/*
 * Two projects: `unit` runs anywhere; `lab` runs against real hosts and needs root on Debian or Ubuntu. Where the lab
 * can't run, its suites are left out and said to be; PROVISION_REQUIRE_LAB makes that a failure.
 */
const lab = labAvailability();
if (!lab.possible && process.env.PROVISION_REQUIRE_LAB === '1')
  throw new Error(`the lab suites cannot run: ${lab.why}`);

export default defineConfig({
  test: {
    reporters: ['default', './test/closing-lines.ts'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'roles/**/*.test.ts', 'test/unit/**/*.test.ts'],
          testTimeout: 30_000,
        },
      },
      ...(lab.possible
        ? [
            {
              test: {
                name: 'lab',
                include: ['test/suites/**/*.test.ts'],
                globalSetup: ['./test/lab-setup.ts'],
                fileParallelism: false,
                testTimeout: 300_000,
                hookTimeout: 900_000,
              },
            },
          ]
        : []),
    ],
  },
});
