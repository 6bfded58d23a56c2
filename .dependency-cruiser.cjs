/** Who may import whom: the walls that docs/architecture.md describes. A path is one of ours unless it names a package. */

const ours = 'dsl|avro|registry|compiler|runtime|embedded|testing|cli'

/** A rule: files under `from` import nothing of ours except `to` (and themselves). */
const only = (name, from, to, comment, fromNot = []) => ({
  name,
  severity: 'error',
  comment,
  from: { path: from, pathNot: fromNot },
  to: { path: `^(${ours}|test|bench|scripts)/`, pathNot: to },
})

/** A rule: packages that match are imported by files that match `by` alone. Tests, benchmarks and scripts are free. */
const packageOnlyIn = (name, packages, by, comment) => ({
  name,
  severity: 'error',
  comment,
  from: { path: `^(${ours})/`, pathNot: by },
  to: { path: `^node_modules/(${packages})/` },
})

/** Every pass is one folder (or file) of compiler/; passes meet in compile.ts alone. */

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      comment: 'Modules that need each other are one module, or miss a third one.',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-unresolvable',
      severity: 'error',
      comment: 'The import leads nowhere.',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-development-packages',
      severity: 'error',
      comment: 'What we publish imports only what a user installs with it.',
      from: { path: `^(${ours})/` },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['npm-peer', 'npm-optional', 'type-only'] },
    },
    {
      name: 'product-imports-no-tests',
      severity: 'error',
      comment: 'Tests, benchmarks and scripts are not published.',
      from: { path: `^(${ours})/` },
      to: { path: '^(test|bench|scripts)/' },
    },

    only('dsl-alone', '^dsl/', ['^dsl/'], 'What authors import is pure data.'),
    only('avro-alone', '^avro/', ['^avro/'], 'The schema model is used on all sides.'),
    only('registry-on-avro', '^registry/', ['^(registry|avro)/'], 'The registry client knows schemas, nothing else.'),
    only('ir-on-dsl-and-avro', '^compiler/ir/', ['^(compiler/ir|dsl|avro)/'], 'Plans are plain data.'),
    only(
      'diagnostics-on-ir',
      '^compiler/diagnostics/',
      ['^compiler/(diagnostics|ir)/', '^dsl/'],
      'Diagnostics point at spans.',
    ),
    only(
      'frontend',
      '^compiler/frontend/',
      ['^compiler/(frontend|ir|diagnostics|types)/', '^(dsl|avro|registry)/'],
      'The front end yields plain data; it knows no later pass.',
    ),
    {
      name: 'passes-apart',
      severity: 'error',
      comment: 'A pass imports the plans, Avro and diagnostics, and no other pass; compile.ts knows their order.',
      from: { path: '^compiler/([^/]+)/', pathNot: '^compiler/(ir|diagnostics|frontend|interpret)/' },
      to: {
        path: `^(${ours})/`,
        pathNot: ['^compiler/$1/', '^compiler/(ir|diagnostics)/', '^avro/', '^dsl/model/'],
      },
    },
    only(
      'interpreter',
      '^compiler/interpret/',
      ['^compiler/(interpret|ir)/', '^(dsl|avro)/'],
      'The oracle shares no code with what it judges.',
    ),
    only('runtime-alone', '^runtime/', ['^runtime/', '^avro/', '^dsl/'], 'Production needs no compiler.'),
    only(
      'protocol-and-batches-alone',
      '^runtime/kafka/(protocol|record-batch)/',
      ['^runtime/kafka/(protocol|record-batch)/'],
      'Codecs are pure, and shared with the embedded broker.',
    ),
    only(
      'embedded',
      '^embedded/',
      ['^(embedded|avro)/', '^runtime/kafka/(protocol|record-batch)/'],
      'The embedded broker shares the wire format with its clients, and nothing else.',
    ),
    only(
      'testing',
      '^testing/',
      ['^(testing|dsl|runtime|embedded|avro)/', '^compiler/(interpret|ir)/'],
      'The test driver runs pipelines interpreted, or compiled ones through the port of the runtime.',
    ),

    packageOnlyIn(
      'typescript-in-frontend',
      'ts-morph|typescript',
      ['^compiler/frontend/'],
      'No syntax node leaves the front end.',
    ),
    packageOnlyIn(
      'esbuild-where-modules-are-made',
      'esbuild',
      ['^compiler/link/', '^compiler/frontend/stag(e|ing)/', '^cli/', '^embedded/kafka/worker-entry[.]ts$'],
      'Bundling is staging and linking; run from sources, the embedded broker bundles its worker.',
    ),
    packageOnlyIn(
      'clients-in-adapters',
      'kafkajs|avsc|@kafkajs',
      ['^runtime/kafka/transport/', '^runtime/registry/'],
      'Libraries of others stay behind our ports.',
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|generated|coverage)/|/project/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
    skipAnalysisNotInRules: true,
  },
}
