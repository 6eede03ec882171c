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
  maxWorkers: 2,
  testTimeout: 60_000,
};
