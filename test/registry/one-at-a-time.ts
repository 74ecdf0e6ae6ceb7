import { holding } from '../kit/vitest/holding.js';

// Some of them measure, and all of them start servers: beside the lab's suites, but not beside each other.
holding('registries');
