// Three levels, told apart by suffix: *.spec.ts (no input or output), *.int.spec.ts (real services), *.e2e.spec.ts (the hub).
export default {
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['elevnav-source', 'node', 'node-addons'] },
  roots: ['<rootDir>/apps', '<rootDir>/libs', '<rootDir>/test'],
  testMatch: ['**/*.spec.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest'] },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  globalSetup: '<rootDir>/test/services.global-setup.mjs',
  globalTeardown: '<rootDir>/test/services.global-teardown.mjs',
  reporters: ['default', '<rootDir>/test/closing-line.mjs'],
  testSequencer: '<rootDir>/test/slowest-first.mjs',
  // One more than the cores that it is meant for: most specs of real services wait for them more than they compute.
  maxWorkers: 3,
  // Modules that Jest has loaded for a spec are never let go: without a limit a worker ended at 2.3 GB, and its last specs were slow.
  workerIdleMemoryLimit: '700MB',
  testTimeout: 60_000,
};
