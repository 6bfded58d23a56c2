/** The forms in which translated cases are executed. */
import { optimizations, type Disabled } from '../../compiler/ir/optimizations.js'
import type { Pipeline } from '../../dsl/index.js'
import { testDriver, type TestDriver, type TestDriverOptions } from '../../testing/index.js'
import type { Case } from './case-format.js'
import { CompileError, compileFiles, type LoadedPipeline } from './compile-files.js'
import { loadModule } from './load-module.js'
import { HELPERS_FILE, PIPELINE_EXPORT, PIPELINE_FILE, pipelineName, type TranslatedCase } from './translate.js'

/** A case in one form: makes a driver that has not seen a record yet. */
export type Open = () => TestDriver

export interface TranslatedCases {
  readonly testCase: Case
  readonly translated: TranslatedCase
}

export interface Form {
  readonly name: string
  /** All cases at once: one compilation. */
  prepare(cases: readonly TranslatedCases[]): Promise<ReadonlyMap<Case, Open>>
}

/** Wall clock at the start of a case, by the format; cases are computed by a driver that runs all sub-topologies as one task. */
const LIKE_TOPOLOGY_TEST_DRIVER: TestDriverOptions = { startTime: 1_000_000_000_000, streamTime: 'pipeline' }

/** The author's files as they are, in the interpreter. */
const interpreted: Form = {
  name: 'interpreted',
  prepare: (cases) =>
    Promise.resolve(
      new Map(
        cases.map(({ testCase, translated }) => {
          const pipeline = loadModule(translated.files, PIPELINE_FILE)[PIPELINE_EXPORT] as Pipeline
          return [testCase, () => testDriver(pipeline, LIKE_TOPOLOGY_TEST_DRIVER)]
        }),
      ),
    ),
}

function compiled(name: string, disabled: Disabled): Form {
  return {
    name,
    async prepare(cases) {
      const files = new Map<string, string>()
      for (const { testCase, translated } of cases) {
        const helpers = translated.files.get(HELPERS_FILE)
        if (helpers !== undefined) files.set(HELPERS_FILE, helpers)
        files.set(fileOf(testCase), translated.files.get(PIPELINE_FILE) ?? '')
      }
      const root = new URL(`./project/${name}`, import.meta.url).pathname
      const refused = new Map<string, Error>()
      const pipelines = await compileSome(
        files,
        root,
        disabled,
        cases.map(({ testCase }) => fileOf(testCase)),
        refused,
      )
      return new Map(
        cases.flatMap(({ testCase }) => {
          const error = refused.get(fileOf(testCase))
          if (error !== undefined) return [[testCase, () => fail(error)] as const]
          const generated = pipelines.get(pipelineName(testCase))?.generated
          return generated === undefined
            ? []
            : [[testCase, () => testDriver(generated, LIKE_TOPOLOGY_TEST_DRIVER)] as const]
        }),
      )
    },
  }
}

/** Those that can be compiled: one that is refused spoils no other. */
async function compileSome(
  files: ReadonlyMap<string, string>,
  root: string,
  disabled: Disabled,
  entries: readonly string[],
  refused: Map<string, Error>,
): Promise<ReadonlyMap<string, LoadedPipeline>> {
  if (entries.length === 0) return new Map()
  try {
    return await compileFiles(files, { root, entries, disabled })
  } catch (error) {
    if (!(error instanceof CompileError)) throw error
    const wrong = new Set(error.diagnostics.flatMap(({ span }) => (span === undefined ? [] : [span.file])))
    const right = entries.filter((entry) => !wrong.has(entry))
    if (right.length === entries.length) throw error
    for (const entry of wrong) {
      const own = error.diagnostics.filter(({ span }) => span?.file === entry)
      refused.set(entry, new CompileError(own, own.map(({ message }) => message).join('; ')))
    }
    return await compileSome(files, root, disabled, right, refused)
  }
}

function fail(error: Error): never {
  throw error
}

function fileOf(testCase: Case): string {
  return `${pipelineName(testCase)}.ts`
}

export const FORMS: readonly Form[] = [
  interpreted,
  compiled('compiled', new Set()),
  compiled('compiled-without-optimisations', new Set(optimizations)),
]
