import { defineConfig } from 'vitest/config';
import { labAvailability } from './test/kit/vitest/availability.js';

/*
 * `unit` and `connection` run anywhere; `lab` runs against real hosts and needs root on Debian or Ubuntu. Where the lab
 * can't run, its suites are left out and said to be; PROVISION_REQUIRE_LAB makes that a failure.
 */
const lab = labAvailability();
if (!lab.possible && process.env.PROVISION_REQUIRE_LAB === '1')
  throw new Error(`the lab suites cannot run: ${lab.why}`);

/** Mostly they wait for hosts: files run beside each other, but for those that hold the same ones (test/kit/vitest/holding.ts). */
const beside = { maxWorkers: 3, sequence: { groupOrder: 1 } };

export default defineConfig({
  test: {
    reporters: ['default', './test/kit/vitest/closing-lines.ts'],
    projects: [
      {
        test: {
          name: 'pure',
          include: ['src/**/*.test.ts', 'roles/**/*.test.ts', 'test/{docs,fuzz,hostile,house,kit}/**/*.test.ts'],
          exclude: ['src/connection/**'],
          setupFiles: ['./test/kit/vitest/shared-process.ts'],
          isolate: false,
          maxWorkers: 2,
          testTimeout: 30_000,
        },
      },
      {
        // All of them take this machine's run lock and count its processes: one file at a time.
        test: {
          name: 'connection',
          include: ['src/connection/**/*.test.ts'],
          globalSetup: ['./test/kit/vitest/packages-setup.ts'],
          ...beside,
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'program',
          include: ['test/{program,beside-ansible}/**/*.test.ts'],
          globalSetup: ['./test/kit/vitest/packages-setup.ts'],
          ...beside,
          testTimeout: 60_000,
        },
      },
      {
        // Real registries, skopeo and podman on loopback; where their packages can't be had, each test says what it lacks.
        test: {
          name: 'registry',
          include: ['test/registry/**/*.test.ts'],
          globalSetup: ['./test/kit/vitest/packages-setup.ts'],
          setupFiles: ['./test/registry/one-at-a-time.ts'],
          ...beside,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      ...(lab.possible
        ? [
            {
              test: {
                name: 'lab',
                include: ['test/lab/suites/**/*.test.ts'],
                globalSetup: ['./test/kit/vitest/lab-setup.ts'],
                ...beside,
                testTimeout: 300_000,
                hookTimeout: 900_000,
              },
            },
          ]
        : []),
    ],
  },
});
