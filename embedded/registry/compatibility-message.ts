/** Incompatibilities in the words of Confluent's registry. */
import type { VersionIncompatibility } from '../../avro/compatibility.js'

export function describeIncompatibility(problem: VersionIncompatibility): string {
  const [reader, writer] = problem.reader === 'new' ? ['new', 'old'] : ['old', 'new']
  const where = `(reader: the ${reader} schema, writer: the ${writer} schema)`
  return `{errorType:'${problem.kind}', description:'${problem.path}: ${problem.message} ${where}'}`
}
