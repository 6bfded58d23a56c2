/**
 * `npm run conformance -- <folder>`: runs the cases below a folder in all forms, and prints `N passed, M failed` and the
 * first differences. Exit code 1 when a case fails.
 */
import { FORMS } from './forms.js'
import { readCases } from './read-cases.js'
import { runCases } from './run-cases.js'

const DIFFERENCES_SHOWN = 20

const folder = process.argv[2]
if (folder === undefined) {
  console.error('usage: npm run conformance -- <folder with cases>')
  process.exit(2)
}
const results = await runCases(readCases(folder))
const failed = results.filter(({ problems }) => problems.size > 0)
console.log(`${results.length - failed.length} passed, ${failed.length} failed`)
const passed = FORMS.map(({ name }) => {
  const count = results.filter(({ problems }) => !problems.has(name) && !problems.has('translated')).length
  return `${name} ${count} of ${results.length}`
})
console.log(`  ${passed.join(', ')}`)
for (const { testCase, problems } of failed.slice(0, DIFFERENCES_SHOWN)) {
  for (const [form, problem] of problems) console.log(`  ${testCase.name}, ${form}: ${problem}`)
}
if (failed.length > DIFFERENCES_SHOWN) console.log(`  … and ${failed.length - DIFFERENCES_SHOWN} more`)
process.exitCode = failed.length === 0 ? 0 : 1
