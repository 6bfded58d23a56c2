/**
 * `npm run conformance -- <folder>`: runs the cases below a folder in all forms, and prints `N passed, M failed` and the
 * first differences. Exit code 1 when a case fails.
 */
import { NotYetError, type Case } from './case-format.js'
import { FORMS } from './forms.js'
import { readCases } from './read-cases.js'
import { runCase } from './run-case.js'
import { translateCase } from './translate.js'

const DIFFERENCES_SHOWN = 20

async function problemOf(testCase: Case): Promise<string | undefined> {
  try {
    const translated = translateCase(testCase)
    for (const [name, open] of FORMS) {
      using driver = await open(translated)
      const problem = runCase(testCase, driver, translated.long)
      if (problem !== undefined) return `${name}: ${problem}`
    }
    return undefined
  } catch (error) {
    return error instanceof NotYetError ? error.message : String(error)
  }
}

const folder = process.argv[2]
if (folder === undefined) {
  console.error('usage: npm run conformance -- <folder with cases>')
  process.exit(2)
}
const cases = readCases(folder)
const failures: string[] = []
for (const testCase of cases) {
  const problem = await problemOf(testCase)
  if (problem !== undefined) failures.push(`${testCase.name}: ${problem}`)
}
console.log(`${cases.length - failures.length} passed, ${failures.length} failed`)
for (const failure of failures.slice(0, DIFFERENCES_SHOWN)) console.log(`  ${failure}`)
if (failures.length > DIFFERENCES_SHOWN) console.log(`  … and ${failures.length - DIFFERENCES_SHOWN} more`)
process.exitCode = failures.length === 0 ? 0 : 1
