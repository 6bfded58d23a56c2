/** Runs cases in all forms: what the command and the tests do. */
import { PipelineError } from '../../dsl/errors.js'
import { ALLOWED } from './allowed.js'
import { NotYetError, type Case } from './case-format.js'
import { CompileError } from './compile-files.js'
import { FORMS, type Form, type TranslatedCases } from './forms.js'
import { runCase } from './run-case.js'
import { translateCase } from './translate.js'

export interface CaseResult {
  readonly testCase: Case
  /** By form; a case that passes in all of them has none. */
  readonly problems: ReadonlyMap<string, string>
}

export async function runCases(cases: readonly Case[]): Promise<readonly CaseResult[]> {
  const translated: TranslatedCases[] = []
  const problems = new Map(cases.map((testCase) => [testCase, new Map<string, string>()]))
  for (const testCase of cases) {
    try {
      translated.push({ testCase, translated: translateCase(testCase) })
    } catch (error) {
      problems.get(testCase)?.set('translated', error instanceof NotYetError ? error.message : String(error))
    }
  }
  for (const form of FORMS) {
    for (const [testCase, problem] of await runForm(form, translated)) problems.get(testCase)?.set(form.name, problem)
  }
  return cases.map((testCase) => ({ testCase, problems: problems.get(testCase) ?? new Map<string, string>() }))
}

/** Where cases cannot be prepared together, halves of them are: one that fails spoils no other. */
async function runForm(form: Form, cases: readonly TranslatedCases[]): Promise<ReadonlyMap<Case, string>> {
  const found = new Map<Case, string>()
  if (cases.length === 0) return found
  try {
    const prepared = await form.prepare(cases)
    for (const { testCase, translated } of cases) {
      const problem = run(form.name, testCase, translated.long, prepared.get(testCase))
      if (problem !== undefined) found.set(testCase, problem)
    }
  } catch (error) {
    const [first] = cases
    if (first !== undefined && cases.length === 1) found.set(first.testCase, messageOf(error))
    else {
      const middle = Math.ceil(cases.length / 2)
      for (const half of [cases.slice(0, middle), cases.slice(middle)]) {
        for (const entry of await runForm(form, half)) found.set(...entry)
      }
    }
  }
  return found
}

function run(
  form: string,
  testCase: Case,
  long: TranslatedCases['translated']['long'],
  open: (() => Parameters<typeof runCase>[1]) | undefined,
): string | undefined {
  if (open === undefined) return 'it was not compiled'
  try {
    using driver = open()
    const problem = runCase(testCase, driver, long, form)
    return ALLOWED.has(testCase.name) ? undefined : problem
  } catch (error) {
    return testCase.expectedError !== undefined && isRefusal(error) ? undefined : messageOf(error)
  }
}

/** The author is told at build what Kafka Streams finds out at a record. MR1218 is no such thing: it says "not yet". */
function isRefusal(error: unknown): boolean {
  if (error instanceof PipelineError) return error.code !== NOT_YET
  return error instanceof CompileError && error.diagnostics.every(({ code }) => code === 'MR1211')
}

const NOT_YET = 'MR1218'

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
