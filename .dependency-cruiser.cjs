/**
 * The import rules of ARCHITECTURE.md, one sentence each.
 * @type {import('dependency-cruiser').IConfiguration}
 */
const only = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

module.exports = {
  forbidden: [
    only('no-circles', 'No file imports itself by a detour.', {}, { circular: true }),
    only(
      'canonical-imports-nothing-of-ours',
      'The shared language depends on no room.',
      { path: '^libs/canonical/' },
      { path: '^(apps|libs|test)/', pathNot: '^libs/canonical/' },
    ),
    only(
      'adapters-import-canonical-only',
      'Adapters know the shared language and nothing else of ours.',
      { path: '^libs/adapters/', pathNot: '\\.spec\\.ts$' },
      { path: '^(apps|libs|test)/', pathNot: '^libs/(canonical|adapters)/' },
    ),
    only(
      'adapters-do-no-io',
      'Adapters do no input or output.',
      { path: '^libs/adapters/', pathNot: '\\.spec\\.ts$' },
      {
        dependencyTypes: ['core'],
        path: '^(node:)?(fs|net|http|https|child_process|dgram|dns|tls|timers|worker_threads)',
      },
    ),
    only(
      'an-adapter-never-imports-another',
      'Each school system stands alone.',
      { path: '^libs/adapters/src/([^/]+)/.+' },
      { path: '^libs/adapters/src/([^/]+)/.+', pathNot: '^libs/adapters/src/$1/' },
    ),
    only(
      'kafka-imports-canonical-at-most',
      'The door to Kafka knows no other room.',
      { path: '^libs/kafka/', pathNot: '\\.spec\\.ts$' },
      { path: '^(apps|libs)/', pathNot: '^libs/(canonical|kafka)/' },
    ),
    only(
      'database-imports-canonical-at-most',
      'The door to PostgreSQL knows no other room.',
      { path: '^libs/database/', pathNot: '\\.spec\\.ts$' },
      { path: '^(apps|libs)/', pathNot: '^libs/(canonical|database)/' },
    ),
    only(
      'runtime-imports-canonical-at-most',
      'What every main needs knows no other room.',
      { path: '^libs/runtime/', pathNot: '\\.spec\\.ts$' },
      { path: '^(apps|libs)/', pathNot: '^libs/(canonical|runtime)/' },
    ),
    only(
      'stage-ties-the-three-together',
      'stage imports canonical, kafka, database and runtime.',
      { path: '^libs/stage/', pathNot: '\\.spec\\.ts$' },
      { path: '^(apps|libs)/', pathNot: '^libs/(canonical|kafka|database|runtime|stage)/' },
    ),
    only(
      'one-door-to-kafka',
      'Only libs/kafka imports kafkajs.',
      { path: '^(apps|libs)/', pathNot: '^libs/(kafka|local-services|testing)/|\\.spec\\.ts$' },
      { path: 'node_modules/kafkajs/' },
    ),
    only(
      'one-door-to-postgresql',
      'Only libs/database imports pg and TypeORM; entities, stores and migrations may use TypeORM.',
      {
        path: '^(apps|libs)/',
        pathNot:
          '^libs/(database|local-services|testing)/|\\.(entity|store)\\.ts$|/migrations/|\\.spec\\.ts$',
      },
      { path: 'node_modules/(pg|typeorm)/' },
    ),
    only(
      'libs-through-their-index',
      'A room is entered by its index.ts.',
      { path: '^(?:apps|test)/|^libs/([^/]+)/' },
      { path: '^libs/[^/]+/src/', pathNot: '^libs/[^/]+/src/index\\.ts$|^libs/$1/' },
    ),
    only(
      'stages-meet-only-over-topics',
      'An app never imports another app; only hub composes them.',
      { path: '^apps/([^/]+)/', pathNot: '^apps/hub/' },
      { path: '^apps/', pathNot: '^apps/$1/' },
    ),
    only(
      'hub-composes-by-modules',
      'hub takes the modules of the stages and nothing else of theirs.',
      { path: '^apps/hub/' },
      { path: '^apps/(?!hub)', pathNot: '\\.module\\.ts$' },
    ),
    only(
      'testing-is-for-tests',
      'libs/testing is imported by specs and by what lies in a test folder only.',
      { path: '^(apps|libs)/', pathNot: '^libs/testing/|^apps/[^/]+/test/|\\.spec\\.ts$' },
      { path: '^libs/testing/' },
    ),
    only(
      'libs-import-no-app',
      'What many use depends on none of them.',
      { path: '^libs/' },
      { path: '^apps/' },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|\\.elevnav)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      conditionNames: ['elevnav-source', 'types', 'import', 'node', 'default'],
      exportsFields: ['exports'],
    },
  },
};
